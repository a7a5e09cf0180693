// Values as proto messages.
//
// Threading: functions without state.
#pragma once

#include "absl/status/statusor.h"
#include "graph/canonical.h"
#include "graph/value.h"

namespace orrery::graph {

namespace v1 {
class NamedValue;
class Value;
}  // namespace v1

v1::Value ToProto(const Value& value);
// Requires a value.
v1::NamedValue ToProto(const NamedValue& input);

// kInvalidArgument: neither bytes nor a blob, or a digest that is none.
absl::StatusOr<Value> FromProto(const v1::Value& message);
// The same; or the name is not one (graph/name.h).
absl::StatusOr<NamedValue> FromProto(const v1::NamedValue& message);

}  // namespace orrery::graph
