#include "graph/codec/value_codec.h"

#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "base/check.h"
#include "base/status_macros.h"
#include "graph/limits.h"
#include "graph/name.h"
#include "orrery/graph/v1/value.pb.h"
#include <fmt/format.h>

namespace orrery::graph {

void ToProto(const Value& value, v1::Value& message) {
  if (value.is_inline()) {
    const std::string_view bytes = value.bytes();
    message.set_inline_(bytes.data(), bytes.size());
  } else {
    const BlobRef& blob = value.blob();
    message.mutable_blob()->set_digest(blob.digest.bytes.data(), blob.digest.bytes.size());
    message.mutable_blob()->set_size_bytes(blob.size_bytes);
  }
  message.set_media_type(value.media_type);
  message.set_type_name(value.type_name);
}

void ToProto(const NamedValue& input, v1::NamedValue& message) {
  CHECK(input.value != nullptr);
  message.set_name(input.name);
  ToProto(*input.value, *message.mutable_value());
}

absl::StatusOr<Value> FromProto(const v1::Value& message) {
  Value value{.content = {}, .media_type = message.media_type(), .type_name = message.type_name()};
  RETURN_IF_ERROR(
      CheckLimit(kLimits.name_bytes, "the media type", value.media_type.size(), "shorten it"));
  switch (message.content_case()) {
    case v1::Value::kInline:
      value.content = message.inline_();
      return value;
    case v1::Value::kBlob: {
      ASSIGN_OR_RETURN(const Digest digest,
                       Digest::FromBytes(message.blob().digest(), "the digest of a blob"));
      value.content = BlobRef{digest, message.blob().size_bytes()};
      return value;
    }
    case v1::Value::CONTENT_NOT_SET:
      break;
  }
  return absl::InvalidArgumentError("a value has neither bytes nor a blob");
}

absl::StatusOr<NamedValue> FromProto(const v1::NamedValue& message) {
  if (const std::string problem = NameProblem(message.name()); !problem.empty()) {
    return absl::InvalidArgumentError(fmt::format("the name \"{}\" {}", message.name(), problem));
  }
  absl::StatusOr<Value> value = FromProto(message.value());
  if (!value.ok()) {
    return absl::InvalidArgumentError(
        fmt::format("\"{}\": {}", message.name(), std::string(value.status().message())));
  }
  return NamedValue{message.name(), std::make_shared<const Value>(*std::move(value))};
}

void ToProto(const std::vector<NamedValue>& values,
             google::protobuf::RepeatedPtrField<v1::NamedValue>& messages) {
  for (const NamedValue& value : values) ToProto(value, *messages.Add());
}

absl::StatusOr<std::vector<NamedValue>> FromProto(
    const google::protobuf::RepeatedPtrField<v1::NamedValue>& messages) {
  std::vector<NamedValue> values;
  values.reserve(static_cast<std::size_t>(messages.size()));
  for (const v1::NamedValue& message : messages) {
    ASSIGN_OR_RETURN(values.emplace_back(), FromProto(message));
  }
  return values;
}

}  // namespace orrery::graph
