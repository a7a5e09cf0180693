// Encodes and decodes the messages of a garbage collection.
//
// Threading: functions without state.
#pragma once

#include <optional>

#include "absl/status/statusor.h"
#include "model/garbage.h"

namespace orrery {

namespace admin::v1 {
class CollectGarbageRequest;
class GarbageProgress;
class GarbageReport;
}  // namespace admin::v1

namespace model {

// Does not encode `retention.age_min`, which only the controller's own retention has.
void ToProto(const GarbageRequest& request, admin::v1::CollectGarbageRequest& out);
void ToProto(GarbageStage stage, admin::v1::GarbageProgress& out);
void ToProto(const GarbageReport& report, admin::v1::GarbageReport& out);

// Errors: kInvalidArgument if a limit is negative.
absl::StatusOr<GarbageRequest> FromProto(const admin::v1::CollectGarbageRequest& message);
// Returns nullopt for a stage of a newer controller.
std::optional<GarbageStage> FromProto(const admin::v1::GarbageProgress& message);
GarbageReport FromProto(const admin::v1::GarbageReport& message);

}  // namespace model
}  // namespace orrery
