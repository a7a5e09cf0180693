#include "graph/constant_data.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "base/status_macros.h"
#include "graph/json.h"
#include "graph/value_codec.h"

namespace orrery::graph {
namespace {

constexpr std::string_view kWrapper = "__orrery_value__";

// Returns the value as plain JSON, if that preserves all of it.
std::optional<Datum> PlainDatum(const Value& value) {
  if (!value.is_inline()) return std::nullopt;
  absl::StatusOr<Datum> datum = DecodeValue(value);
  if (!datum.ok() || datum->Find(kWrapper) != nullptr) return std::nullopt;
  return *std::move(datum);
}

absl::Status WrapperError(std::string_view what) {
  return absl::InvalidArgumentError(std::string(kWrapper).append(" ").append(what));
}

absl::StatusOr<Value> Unwrap(const Datum& wrapped) {
  const auto text = [&wrapped](std::string_view name) {
    const Datum* field = wrapped.Find(name);
    return field == nullptr ? nullptr : field->As<std::string>();
  };
  const std::string* media_type = text("media_type");
  const std::string* type_name = text("type_name");
  if (media_type == nullptr) return WrapperError("needs a media_type");
  Value value{.content = {},
              .media_type = *media_type,
              .type_name = type_name == nullptr ? std::string() : *type_name};
  if (const Datum* bytes = wrapped.Find("bytes"); bytes != nullptr && bytes->Is<Bytes>()) {
    value.content = bytes->As<Bytes>()->data;
    return value;
  }
  const std::string* hex = text("digest");
  const Datum* size = wrapped.Find("size_bytes");
  if (hex == nullptr || size == nullptr || !size->Is<std::int64_t>() ||
      *size->As<std::int64_t>() < 0) {
    return WrapperError("needs bytes, or a digest and size_bytes");
  }
  ASSIGN_OR_RETURN(const Digest digest, Digest::Parse(*hex));
  value.content = BlobRef{digest, static_cast<std::uint64_t>(*size->As<std::int64_t>())};
  return value;
}

}  // namespace

bool IsGraphData(const Datum& datum) {
  const Datum* nodes = datum.Find("nodes");
  const List* list = nodes == nullptr ? nullptr : nodes->As<List>();
  return list != nullptr && std::ranges::all_of(*list, [](const Datum& node) {
           const Datum* type = node.Find("type");
           return type != nullptr && type->Is<std::string>();
         });
}

Datum ConstantToDatum(const Value& value) {
  if (std::optional<Datum> plain = PlainDatum(value)) return *std::move(plain);
  Object fields = {{"media_type", value.media_type}, {"type_name", value.type_name}};
  if (value.is_inline()) {
    fields.emplace_back("bytes", Bytes{std::string(value.bytes())});
  } else {
    fields.emplace_back("digest", value.blob().digest.ToHex());
    fields.emplace_back("size_bytes", value.blob().size_bytes);
  }
  return Object{{std::string(kWrapper), std::move(fields)}};
}

absl::StatusOr<Value> ConstantFromDatum(const Datum& datum) {
  if (const Datum* wrapped = datum.Find(kWrapper)) return Unwrap(*wrapped);
  if (IsGraphData(datum)) return JsonValue(WriteJson(datum), std::string(kGraphTypeName));
  return EncodeValue(datum);
}

}  // namespace orrery::graph
