// Converts between C++ values and serialized values.
//
// A codec writes its type in the codec's media type, and reads the type only from the media types
// that it lists. Bytes at top level stay as they are, without a copy if they are shared or moved;
// other values become JSON. An optional or a variant is written as its content.
//
// Threading: functions without state.
#pragma once

#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

#include "absl/status/statusor.h"
#include "base/status_macros.h"
#include "graph/datum.h"
#include "graph/json.h"
#include "graph/native/codec_set.h"
#include "graph/native/convert.h"
#include "graph/native/media_type.h"
#include "graph/native/native_kind.h"
#include "graph/native/type_of.h"
#include "graph/value.h"
#include "graph/value_codec.h"

namespace orrery::graph {
namespace internal {

template <class T>
const ValueCodec<T>* FindCodec(const CodecSet& codecs) {
  if constexpr (std::is_class_v<T>) {
    return codecs.Find<T>();
  } else {
    return nullptr;
  }
}

template <class T>
absl::StatusOr<Value> EncodeWithCodec(const T& value, const ValueCodec<T>& codec) {
  const std::string type_name = TypeOf<T>().ToString();
  if (codec.method == CodecMethod::kBytes) {
    ASSIGN_OR_RETURN(std::string bytes, CallCodec("serializer", type_name, codec.to_bytes, value));
    return Value{std::move(bytes), codec.media_type, type_name};
  }
  ASSIGN_OR_RETURN(const Datum datum, CallCodec("serializer", type_name, codec.to_json, value));
  return Value{WriteJson(datum), codec.media_type, type_name};
}

template <class T>
absl::StatusOr<T> DecodeWithCodec(const Value& value, const ValueCodec<T>& codec) {
  const std::string type_name = TypeOf<T>().ToString();
  if (!IsReadBy(value.media_type, codec.media_type, codec.also_reads)) {
    return MediaTypeMismatch(value.media_type, type_name, codec.media_type, codec.also_reads);
  }
  const bool is_own = value.media_type.empty() || value.media_type == codec.media_type;
  const bool is_json =
      is_own ? codec.method == CodecMethod::kJson : value.media_type == kMediaTypeJson;
  if (!is_json) {
    return CallCodec("deserializer", type_name, codec.from_bytes, value.bytes());
  }
  ASSIGN_OR_RETURN(const Datum datum, ParseJson(value.bytes()));
  return CallCodec("deserializer", type_name, codec.from_json, datum);
}

// Requires: an inline octet-stream.
template <class T>
T BytesAs(const Value& value) {
  if constexpr (std::same_as<T, SharedBytes>) {
    return SharedBytesOf(value);
  } else {
    return T{std::string(value.bytes())};
  }
}

template <class T>
struct Alternatives;

}  // namespace internal

// Returns the value with its bytes inline, whatever their size. Does not copy moved bytes.
template <class T>
absl::StatusOr<Value> EncodeNative(T&& value, const CodecSet& codecs = NoCodecs()) {
  using Plain = std::remove_cvref_t<T>;
  constexpr NativeKind kKind = kNativeKind<Plain>;
  if (const auto* codec = internal::FindCodec<Plain>(codecs)) {
    return internal::EncodeWithCodec<Plain>(value, *codec);
  }
  if constexpr (kKind == NativeKind::kOptional) {
    if (!value.has_value()) return EncodeNative(None{}, codecs);
    return EncodeNative(*std::forward<T>(value), codecs);
  } else if constexpr (kKind == NativeKind::kVariant) {
    return std::visit([&codecs]<class Each>(
                          Each&& each) { return EncodeNative(std::forward<Each>(each), codecs); },
                      std::forward<T>(value));
  } else if constexpr (std::same_as<Plain, Bytes>) {
    return BytesValue(std::forward<T>(value).data);
  } else if constexpr (std::same_as<Plain, SharedBytes>) {
    return BytesValue(std::forward<T>(value));
  } else if constexpr (kKind == NativeKind::kText) {
    return internal::EncodeText(value);
  } else {
    ASSIGN_OR_RETURN(const Datum datum, ToDatum<Plain>(value, codecs));
    Value encoded = EncodeValue(datum);
    encoded.type_name = TypeOf<Plain>().ToString();
    return encoded;
  }
}

// Requires: an inline value.
//
// Errors: kInvalidArgument for a media type that T is not read from, or a value that is not a T.
template <class T>
absl::StatusOr<T> DecodeNative(const Value& value, const CodecSet& codecs = NoCodecs());

namespace internal {

// A codec may accept a value that is not JSON for one alternative; the other alternatives are
// chosen by kind.
template <class... Ts>
struct Alternatives<std::variant<Ts...>> {
  static std::optional<absl::StatusOr<std::variant<Ts...>>> Decode(const Value& value,
                                                                   const CodecSet& codecs) {
    std::optional<absl::StatusOr<std::variant<Ts...>>> result;
    (TryDecode<Ts>(value, codecs, result), ...);
    return result;
  }

 private:
  template <class T, class Result>
  static void TryDecode(const Value& value, const CodecSet& codecs, Result& result) {
    const ValueCodec<T>* codec = FindCodec<T>(codecs);
    if (result.has_value() || codec == nullptr || value.media_type == kMediaTypeJson) return;
    if (!IsReadBy(value.media_type, codec->media_type, codec->also_reads)) return;
    absl::StatusOr<T> decoded = DecodeWithCodec(value, *codec);
    if (decoded.ok()) {
      result.emplace(*std::move(decoded));
    } else {
      result.emplace(decoded.status());
    }
  }
};

}  // namespace internal

template <class T>
absl::StatusOr<T> DecodeNative(const Value& value, const CodecSet& codecs) {
  if (const auto* codec = internal::FindCodec<T>(codecs)) {
    return internal::DecodeWithCodec(value, *codec);
  }
  if constexpr (kNativeKind<T> == NativeKind::kOptional) {
    if (internal::IsJsonNull(value)) return T(std::nullopt);
    ASSIGN_OR_RETURN(typename T::value_type inner,
                     DecodeNative<typename T::value_type>(value, codecs));
    return T(std::move(inner));
  } else {
    if constexpr (kNativeKind<T> == NativeKind::kBytes) {
      if (value.media_type == kMediaTypeBytes) return internal::BytesAs<T>(value);
    }
    if constexpr (kNativeKind<T> == NativeKind::kVariant) {
      auto result = internal::Alternatives<T>::Decode(value, codecs);
      if (result.has_value()) return *std::move(result);
    }
    ASSIGN_OR_RETURN(Datum datum, DecodeValue(value));
    if constexpr (std::same_as<T, std::string>) {
      if (T* text = std::get_if<T>(&datum.variant())) return std::move(*text);
    }
    return FromDatum<T>(datum, codecs);
  }
}

}  // namespace orrery::graph
