// Types as proto messages.
//
// Threading: functions without state.
#pragma once

#include <cstddef>

#include "absl/status/statusor.h"
#include "graph/type.h"

namespace orrery::graph {

namespace v1 {
class Type;
}  // namespace v1

inline constexpr std::size_t kTypeDepthMax = 64;

v1::Type ToProto(const Type& type);

// An empty message is the unknown type.
//
// Errors: kInvalidArgument for an unspecified simple type, a union of fewer than two types, a
// missing or repeated name, or a type deeper than kTypeDepthMax.
absl::StatusOr<Type> FromProto(const v1::Type& message);

}  // namespace orrery::graph
