// Makes the messages that a worker sends, and reads those that it receives. The parts that both
// sides use are in model/codec/session_codec.h.
//
// Threading: functions without state.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/limit.h"
#include "graph/task.h"
#include "model/attempt_id.h"
#include "model/outcome.h"
#include "model/worker.h"
#include "rpc/message_size.h"
#include "worker_sdk/cpp/session/assignment.h"
#include "worker_sdk/cpp/session/attempt_board.h"
#include "worker_sdk/cpp/session/held_attempts.h"

namespace orrery {

namespace worker::v1 {
class Assignment;
class Cancel;
class Outcomes;
class SessionRequest;
class Welcome;
}  // namespace worker::v1

// The fields of a Welcome.
struct SessionTerms {
  std::string session_id;
  std::string session_key;
  // The epoch of the attempts that this controller assigns.
  std::uint64_t epoch = 0;
  absl::Duration heartbeat_interval;
  std::uint64_t inline_value_bytes_max = 0;
  std::string storage_root;
  bool blobs_need_no_sync = false;
  // Of one message that the controller accepts.
  Limit message_bytes = rpc::MessageLimitOf(0);
  std::vector<AttemptVerdict> verdicts;
};

// The proofs of a Hello.
struct HelloProofs {
  std::string session_key;
  // Empty if the worker cannot use the storage root, as the name of the proof is.
  std::string storage_token;
  std::string storage_proof;
};

worker::v1::SessionRequest MakeHello(const model::WorkerDescription& worker,
                                     const HelloProofs& proofs,
                                     std::span<const model::HeldAttempt> held);
// Encodes an outcome; as an error with both sizes if it is larger than the controller accepts.
void AddOutcome(const model::Outcome& outcome, const Limit& message_bytes,
                worker::v1::Outcomes& out);
// `stuck_slots` are held by tasks that ignore their timeout or cancellation.
worker::v1::SessionRequest MakeHeartbeat(std::span<const model::AttemptProgress> progress,
                                         std::uint32_t stuck_slots);
worker::v1::SessionRequest MakeLogs(std::span<const LogEntry> logs);
worker::v1::SessionRequest MakeReleased(std::span<const model::AttemptId> attempts);
worker::v1::SessionRequest MakeDraining(std::string_view reason);

// Errors: kInvalidArgument, here and below, if the controller breaks the protocol.
absl::StatusOr<SessionTerms> ReadWelcome(const worker::v1::Welcome& message);
// Errors: kInvalidArgument also if `catalog` does not have the task.
absl::StatusOr<Assignment> ReadAssignment(const worker::v1::Assignment& message,
                                          const graph::Catalog& catalog);
// The grace counts from `now`.
CancelRequest ReadCancel(const worker::v1::Cancel& message, absl::Time now);

}  // namespace orrery
