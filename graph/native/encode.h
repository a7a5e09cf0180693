// Between C++ values and values as they travel.
//
// A type with a codec is written by it, with the codec's media type, and read only from the media
// types the codec reads. Everything else goes through Datum: top-level Bytes as they are, the rest
// as JSON. An optional or a variant is written as what it holds.
//
// Threading: functions without state.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

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
    return CallCodec("deserializer", type_name, codec.from_bytes, std::string_view(value.bytes()));
  }
  ASSIGN_OR_RETURN(const Datum datum, ParseJson(value.bytes()));
  return CallCodec("deserializer", type_name, codec.from_json, datum);
}

template <class T>
struct Alternatives;

}  // namespace internal

// The value with its bytes inline, whatever their size.
template <class T>
absl::StatusOr<Value> EncodeNative(const T& value, const CodecSet& codecs = NoCodecs()) {
  if (const auto* codec = internal::FindCodec<T>(codecs)) {
    return internal::EncodeWithCodec(value, *codec);
  }
  if constexpr (kNativeKind<T> == NativeKind::kOptional) {
    return value.has_value() ? EncodeNative(*value, codecs) : EncodeNative(None{}, codecs);
  } else if constexpr (kNativeKind<T> == NativeKind::kVariant) {
    return std::visit([&](const auto& each) { return EncodeNative(each, codecs); }, value);
  } else {
    ASSIGN_OR_RETURN(const Datum datum, ToDatum(value, codecs));
    Value encoded = EncodeValue(datum);
    encoded.type_name = TypeOf<T>().ToString();
    return encoded;
  }
}

// kInvalidArgument: a media type that T is not read from, or a value that is no T. Requires an
// inline value.
template <class T>
absl::StatusOr<T> DecodeNative(const Value& value, const CodecSet& codecs = NoCodecs());

namespace internal {

// A codec may claim a value that is not JSON for one alternative; what is left goes by kind.
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
    if constexpr (kNativeKind<T> == NativeKind::kVariant) {
      auto result = internal::Alternatives<T>::Decode(value, codecs);
      if (result.has_value()) return *std::move(result);
    }
    ASSIGN_OR_RETURN(const Datum datum, DecodeValue(value));
    return FromDatum<T>(datum, codecs);
  }
}

enum class FormatUse { kRead, kWrite };

// The media types that DecodeNative reads a T from, or that EncodeNative may write it in, without
// repeats and the usual one first.
template <class T>
std::vector<std::string> FormatsOf(const CodecSet& codecs, FormatUse use = FormatUse::kRead);

namespace internal {

template <class... Ts>
std::vector<std::string> FormatsOfAll(std::type_identity<std::variant<Ts...>>,
                                      const CodecSet& codecs, FormatUse use) {
  return JoinFormats({FormatsOf<Ts>(codecs, use)...});
}

}  // namespace internal

template <class T>
std::vector<std::string> FormatsOf(const CodecSet& codecs, FormatUse use) {
  if (const auto* codec = internal::FindCodec<T>(codecs)) {
    std::vector<std::string> formats = {codec->media_type};
    if (use == FormatUse::kRead) {
      formats.insert(formats.end(), codec->also_reads.begin(), codec->also_reads.end());
    }
    return internal::JoinFormats({formats});
  }
  const std::string json(kMediaTypeJson);
  const std::string bytes(kMediaTypeBytes);
  if constexpr (kNativeKind<T> == NativeKind::kOptional) {
    return internal::JoinFormats({FormatsOf<typename T::value_type>(codecs, use), {json}});
  } else if constexpr (kNativeKind<T> == NativeKind::kVariant) {
    return internal::FormatsOfAll(std::type_identity<T>(), codecs, use);
  } else if constexpr (kNativeKind<T> == NativeKind::kDatum) {
    return {json, bytes};
  } else if constexpr (kNativeKind<T> == NativeKind::kBytes) {
    return use == FormatUse::kRead ? std::vector{bytes, json} : std::vector{bytes};
  } else {
    return {json};
  }
}

}  // namespace orrery::graph
