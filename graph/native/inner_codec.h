// Codecs inside JSON: bytes become Bytes, JSON goes inline.
//
// Threading: functions without state.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "graph/datum.h"
#include "graph/native/codec_set.h"
#include "graph/native/conversion_path.h"
#include "graph/native/type_of.h"

namespace orrery::graph::internal {

template <class T>
absl::StatusOr<Datum> EncodeInside(const T& value, const ValueCodec<T>& codec,
                                   const ConversionPath& path) {
  const std::string type_name = TypeOf<T>().ToString();
  if (codec.method == CodecMethod::kJson) {
    absl::StatusOr<Datum> datum = CallCodec("serializer", type_name, codec.to_json, value);
    if (!datum.ok()) return path.Wrap(datum.status());
    return datum;
  }
  absl::StatusOr<std::string> bytes = CallCodec("serializer", type_name, codec.to_bytes, value);
  if (!bytes.ok()) return path.Wrap(bytes.status());
  return Datum(Bytes{*std::move(bytes)});
}

template <class T>
absl::StatusOr<T> DecodeInside(const Datum& datum, const ValueCodec<T>& codec,
                               const ConversionPath& path) {
  const std::string type_name = TypeOf<T>().ToString();
  const Bytes* bytes = datum.As<Bytes>();
  if (bytes == nullptr && !codec.from_json) {
    return path.Mismatch("the " + codec.media_type + " bytes of a " + type_name, datum);
  }
  absl::StatusOr<T> value =
      bytes != nullptr && codec.from_bytes
          ? CallCodec("deserializer", type_name, codec.from_bytes, std::string_view(bytes->data))
          : CallCodec("deserializer", type_name, codec.from_json, datum);
  if (!value.ok()) return path.Wrap(value.status());
  return value;
}

}  // namespace orrery::graph::internal
