// Encodes and decodes the messages of the worker protocol, within the limits of the controller.
//
// Threading: functions without state.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/limit.h"
#include "controller/rpc/catalog_cache.h"
#include "controller/rpc/limits.h"
#include "controller/rpc/session_outbox.h"
#include "controller/runtime/api.h"
#include "model/outcome.h"
#include "rpc/message_size.h"

namespace orrery::worker::v1 {
class Heartbeat;
class Hello;
class Outcomes;
class SessionResponse;
}  // namespace orrery::worker::v1

namespace orrery::rpc {

// A key that a worker chose itself must not be guessed.
inline constexpr std::size_t kSessionKeyBytesMin = 16;
inline constexpr Limit kSessionKeyBytes{.name = "session_key_bytes",
                                        .max = 64,
                                        .unit = LimitUnit::kBytes,
                                        .of = "session key of a worker",
                                        .beyond = "the Hello is refused"};

// Facts and limits that hold for all messages of a session.
struct SessionTerms {
  std::uint64_t epoch = 0;
  // Empty if the worker cannot read the storage root.
  std::string storage_root;
  bool blobs_need_no_sync = false;
  // Of one message to the worker, as its Hello states it.
  Limit message_bytes = MessageLimitOf(0);
};

// Decodes a Hello. Does not set the session.
//
// Errors: kFailedPrecondition if there is no common protocol version; kInvalidArgument if a field
// is invalid or over a limit.
absl::StatusOr<runtime::WorkerHello> FromProto(const worker::v1::Hello& message,
                                               CatalogCache& catalogs, const Limits& limits);

// Decodes outcomes. Outputs that are invalid or too large, also together, become an error of the
// task, because the worker would send them again after an error of the session. Cuts the texts of
// errors.
//
// Errors: kInvalidArgument if an outcome has neither outputs nor an error.
absl::StatusOr<std::vector<model::Outcome>> FromProto(const worker::v1::Outcomes& message,
                                                      const Limits& limits);

// Decodes progress. Cuts notes to their size limit. Does not set the session.
runtime::ProgressReported FromProto(const worker::v1::Heartbeat& message);

// Encodes a batch. Requires: `out` is empty.
void ToProto(const SessionBatch& batch, const SessionTerms& terms, const Limits& limits,
             worker::v1::SessionResponse& out);

}  // namespace orrery::rpc
