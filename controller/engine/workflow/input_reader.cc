#include "controller/engine/workflow/input_reader.h"

#include "base/status_macros.h"
#include "fmt/format.h"
#include "graph/limits.h"
#include "graph/value_codec.h"

namespace orrery::engine {

absl::StatusOr<std::optional<std::string_view>> InputReader::Bytes(const graph::Value& value) {
  if (value.is_inline()) return value.bytes();
  const graph::BlobRef& blob = value.blob();
  if (loaded_ != nullptr) {
    const auto bytes = loaded_->find(blob.digest);
    if (bytes != loaded_->end()) return *bytes->second;
  }
  if (!missing_.emplace(blob.digest, blob.size_bytes).second) return std::nullopt;
  missing_bytes_ += blob.size_bytes;
  RETURN_IF_ERROR(CheckLimit(graph::kLimits.json_bytes, "the blobs to read", missing_bytes_,
                             graph::kLeaveItToATask, absl::StatusCode::kResourceExhausted));
  return std::nullopt;
}

absl::StatusOr<graph::ValuePtr> InputReader::Inline(const graph::ValuePtr& value) {
  if (value == nullptr) return absl::InvalidArgumentError("the value is absent");
  if (value->is_inline()) return value;
  ASSIGN_OR_RETURN(const std::optional<std::string_view> bytes, Bytes(*value));
  if (!bytes.has_value()) return value;
  return std::make_shared<const graph::Value>(
      graph::Value{std::string(*bytes), value->media_type, value->type_name});
}

absl::StatusOr<std::optional<graph::Datum>> InputReader::Decode(const graph::Value& value) {
  ASSIGN_OR_RETURN(const std::optional<std::string_view> bytes, Bytes(value));
  if (!bytes.has_value()) return std::optional<graph::Datum>();
  if (value.media_type != graph::kMediaTypeJson && !value.media_type.empty()) {
    return std::optional<graph::Datum>(graph::Bytes{std::string(*bytes)});
  }
  if (value.is_inline()) return graph::DecodeValue(value);
  return graph::DecodeValue({std::string(*bytes), value.media_type, value.type_name});
}

}  // namespace orrery::engine
