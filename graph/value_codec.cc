#include "graph/value_codec.h"

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "base/check.h"
#include "graph/json.h"
#include <fmt/format.h>

namespace orrery::graph {

Value EncodeValue(const Datum& datum) {
  if (const Bytes* bytes = datum.As<Bytes>()) return BytesValue(bytes->data);
  return JsonValue(WriteJson(datum));
}

absl::StatusOr<Datum> DecodeValue(const Value& value) {
  CHECK(value.is_inline());
  if (value.media_type == kMediaTypeJson) return ParseJson(value.bytes());
  if (value.media_type == kMediaTypeBytes) return Datum(Bytes{std::string(value.bytes())});
  if (value.media_type.empty()) {
    absl::StatusOr<Datum> datum = ParseJson(value.bytes());
    return datum.ok() ? std::move(datum) : Datum(Bytes{std::string(value.bytes())});
  }
  return absl::InvalidArgumentError(
      fmt::format("value is {}, which only a deserializer for it can read", value.media_type));
}

}  // namespace orrery::graph
