// Values as proto messages.
//
// Threading: functions without state.
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "graph/canonical.h"
#include "graph/value.h"

namespace google::protobuf {
template <typename Element>
class RepeatedPtrField;
}  // namespace google::protobuf

namespace orrery::graph {

namespace v1 {
class NamedValue;
class Value;
}  // namespace v1

// Requires: `message` is empty.
void ToProto(const Value& value, v1::Value& message);
// Same as above. Requires: a value.
void ToProto(const NamedValue& input, v1::NamedValue& message);
// Same as above, for each value.
void ToProto(const std::vector<NamedValue>& values,
             google::protobuf::RepeatedPtrField<v1::NamedValue>& messages);

// Errors: kInvalidArgument for neither bytes nor a blob, or an invalid digest.
absl::StatusOr<Value> FromProto(const v1::Value& message);
// Same as above; also an error for an invalid name (graph/name.h).
absl::StatusOr<NamedValue> FromProto(const v1::NamedValue& message);
// Same as above, for each value. Does not look for duplicate names.
absl::StatusOr<std::vector<NamedValue>> FromProto(
    const google::protobuf::RepeatedPtrField<v1::NamedValue>& messages);

}  // namespace orrery::graph
