// The media types of C++ types.
//
// Threading: functions without state.
#pragma once

#include <string>
#include <type_traits>
#include <variant>
#include <vector>

#include "graph/native/codec_set.h"
#include "graph/native/encode.h"
#include "graph/native/media_type.h"
#include "graph/native/native_kind.h"
#include "graph/value.h"

namespace orrery::graph {

enum class FormatUse { kRead, kWrite };

// Returns the media types that DecodeNative reads a T from, or that EncodeNative may write it in,
// without repetitions, and the usual one first.
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
