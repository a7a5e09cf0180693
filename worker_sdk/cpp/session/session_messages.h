// Between the messages of the session protocol and what the worker makes of them.
//
// Threading: functions without state.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/uuid.h"
#include "graph/task.h"
#include "worker_sdk/cpp/session/attempt.h"
#include "worker_sdk/cpp/session/attempt_board.h"
#include "worker_sdk/cpp/session/held_attempts.h"

namespace orrery {

namespace worker::v1 {
class Assign;
class Assignment;
class AttemptId;
class Cancel;
class Revoke;
class SessionRequest;
class Welcome;
}  // namespace worker::v1

inline constexpr std::uint32_t kProtocolVersion = 1;
// Longer texts of an error are cut.
inline constexpr std::size_t kErrorTextBytesMax = 16 * 1024;

// What a worker says of itself in every Hello.
struct WorkerIdentity {
  Uuid instance;
  std::string host;
  std::uint32_t process_id = 0;
  std::map<std::string, std::string> labels;
  std::uint32_t slots = 1;
  graph::Catalog catalog;
  bool dies_with_controller = false;
};

// What the controller's Welcome settles for the session.
struct SessionTerms {
  std::string session_id;
  absl::Duration heartbeat_interval;
  std::uint64_t inline_value_bytes_max = 0;
  std::string storage_root;
  bool blobs_need_no_sync = false;
  std::vector<AttemptVerdict> verdicts;
};

struct HelloFacts {
  const WorkerIdentity& identity;
  std::string storage_token;
  std::vector<DeclaredAttempt> held;
};

worker::v1::SessionRequest MakeHello(const HelloFacts& facts);
void AddOutcome(const Outcome& outcome, worker::v1::SessionRequest& request);
worker::v1::SessionRequest MakeHeartbeat(std::span<const AttemptProgress> progress);
worker::v1::SessionRequest MakeLogs(std::span<const LogEntry> logs);
worker::v1::SessionRequest MakeReleased(std::span<const AttemptId> attempts);
worker::v1::SessionRequest MakeDraining(std::string_view reason);

// kInvalidArgument, here and below: the controller breaks the protocol.
absl::StatusOr<SessionTerms> ReadWelcome(const worker::v1::Welcome& message);
// A task that the catalog does not have, or an input that is no value.
absl::StatusOr<Assignment> ReadAssignment(const worker::v1::Assignment& message,
                                          const graph::Catalog& catalog);
AttemptId ReadAttemptId(const worker::v1::AttemptId& message);
std::vector<AttemptId> ReadRevoke(const worker::v1::Revoke& message);
// The grace counts from `now`.
CancelRequest ReadCancel(const worker::v1::Cancel& message, absl::Time now);

}  // namespace orrery
