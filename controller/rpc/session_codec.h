// Encodes and decodes the messages of the worker protocol, within the limits of the controller.
//
// Threading: functions without state.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "controller/rpc/catalog_cache.h"
#include "controller/rpc/limits.h"
#include "controller/rpc/session_outbox.h"
#include "controller/runtime/api.h"
#include "model/outcome.h"

namespace orrery::worker::v1 {
class Heartbeat;
class Hello;
class Outcomes;
class SessionResponse;
}  // namespace orrery::worker::v1

namespace orrery::rpc {

// The fields of a Welcome except the verdicts.
struct SessionTerms {
  std::uint64_t epoch = 0;
  // Empty if the worker cannot read the storage root.
  std::string storage_root;
  bool blobs_need_no_sync = false;
};

// Decodes a Hello. Does not set the session.
//
// Errors: kFailedPrecondition if there is no common protocol version; kInvalidArgument if a field
// is invalid or over a limit.
absl::StatusOr<runtime::WorkerHello> FromProto(const worker::v1::Hello& message,
                                               CatalogCache& catalogs, const Limits& limits);

// Decodes outcomes. Outputs that are invalid or too large become an error of the task, because the
// worker would send them again after an error of the session. Cuts the texts of errors.
//
// Errors: kInvalidArgument if an outcome has neither outputs nor an error.
absl::StatusOr<std::vector<model::Outcome>> FromProto(const worker::v1::Outcomes& message,
                                                      const Limits& limits);

// Decodes progress. Cuts notes to their size limit. Does not set the session.
runtime::ProgressReported FromProto(const worker::v1::Heartbeat& message, const Limits& limits);

// Encodes a batch. Requires: `out` is empty.
void ToProto(const SessionBatch& batch, const SessionTerms& terms, const Limits& limits,
             worker::v1::SessionResponse& out);

}  // namespace orrery::rpc
