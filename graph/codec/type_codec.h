// Types as proto messages.
//
// Threading: functions without state.
#pragma once

#include "absl/status/statusor.h"
#include "graph/type.h"

namespace orrery::graph {

namespace v1 {
class Type;
}  // namespace v1

v1::Type ToProto(const Type& type);

// An empty message is the unknown type.
//
// Errors: kInvalidArgument for an unspecified simple type, a union of fewer than two types, a
// missing or repeated name, or a type beyond kLimits.type_depth or kLimits.type_size.
absl::StatusOr<Type> FromProto(const v1::Type& message);

}  // namespace orrery::graph
