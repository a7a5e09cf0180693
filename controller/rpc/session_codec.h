// The worker protocol's messages, to and from what the controller takes and says.
//
// Threading: functions without state.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "controller/rpc/limits.h"
#include "controller/rpc/session_outbox.h"
#include "controller/runtime/api.h"

namespace orrery::worker::v1 {
class AttemptId;
class Heartbeat;
class Hello;
class NodeKey;
class Outcomes;
class Released;
class SessionResponse;
}  // namespace orrery::worker::v1

namespace orrery::rpc {

inline constexpr std::uint32_t kProtocolVersion = 1;

// What a Welcome says besides the verdicts.
struct SessionTerms {
  std::uint64_t epoch = 0;
  // Empty: the worker did not prove that it sees it.
  std::string storage_root;
  bool blobs_need_no_sync = false;
};

runtime::AttemptId FromProto(const worker::v1::AttemptId& message);

// kFailedPrecondition: no protocol version in common. kInvalidArgument: a field is wrong or beyond
// a limit. The session is not set.
absl::StatusOr<runtime::WorkerHello> FromProto(const worker::v1::Hello& message,
                                               const Limits& limits);

// kInvalidArgument: an outcome says neither outputs nor an error. Outputs that cannot be read are
// an error of the task, not of the session: the worker would only send them again.
absl::StatusOr<std::vector<runtime::Outcome>> FromProto(const worker::v1::Outcomes& message,
                                                        const Limits& limits);

std::vector<runtime::AttemptId> FromProto(const worker::v1::Released& message);

// Fractions are cut to 0 to 1, notes to their limit. The session is not set.
runtime::ProgressReported FromProto(const worker::v1::Heartbeat& message, const Limits& limits);

// Into an empty message.
void ToProto(const SessionBatch& batch, const SessionTerms& terms, const Limits& limits,
             worker::v1::SessionResponse& out);

}  // namespace orrery::rpc
