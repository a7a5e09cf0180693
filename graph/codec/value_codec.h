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

// Into an empty message.
void ToProto(const Value& value, v1::Value& message);
// The same; requires a value.
void ToProto(const NamedValue& input, v1::NamedValue& message);

// kInvalidArgument: neither bytes nor a blob, or a digest that is none.
absl::StatusOr<Value> FromProto(const v1::Value& message);
// The same; or the name is not one (graph/name.h).
absl::StatusOr<NamedValue> FromProto(const v1::NamedValue& message);

}  // namespace orrery::graph
