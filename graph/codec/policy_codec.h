// Failure policies as proto messages.
//
// Threading: functions without state.
#pragma once

#include "absl/status/statusor.h"
#include "graph/failure_policy.h"

namespace orrery::graph {

namespace v1 {
class FailurePolicy;
class FailureRules;
}  // namespace v1

v1::FailurePolicy ToProto(const FailurePolicy& policy);

// Errors: kInvalidArgument, naming the field, if a field is out of range.
absl::StatusOr<FailurePolicy> FromProto(const v1::FailurePolicy& message);

v1::FailureRules ToProto(const FailureRules& rules);

// Errors: kInvalidArgument, naming the task and the field, if a field is out of range.
absl::StatusOr<FailureRules> FromProto(const v1::FailureRules& message);

}  // namespace orrery::graph
