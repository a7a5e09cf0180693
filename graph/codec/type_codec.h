// Types as proto messages.
//
// Threading: functions without state.
#pragma once

#include "absl/status/statusor.h"
#include "base/limit.h"
#include "graph/type.h"

namespace orrery::graph {

namespace v1 {
class Type;
}  // namespace v1

inline constexpr Limit kTypeDepth{.name = "type_depth",
                                  .max = 64,
                                  .unit = LimitUnit::kDepth,
                                  .of = "types nested in each other, in the type of a port",
                                  .beyond = "the worker, or the graph, is refused"};
// Types are compared with each other while the loop waits.
inline constexpr Limit kTypeSize{
    .name = "type_size",
    .max = 2000,
    .unit = LimitUnit::kCount,
    .of = "types in the type of a port: fields, elements, alternatives",
    .beyond = "the worker, or the graph, is refused"};

v1::Type ToProto(const Type& type);

// An empty message is the unknown type.
//
// Errors: kInvalidArgument for an unspecified simple type, a union of fewer than two types, a
// missing or repeated name, or a type beyond kTypeDepth or kTypeSize.
absl::StatusOr<Type> FromProto(const v1::Type& message);

}  // namespace orrery::graph
