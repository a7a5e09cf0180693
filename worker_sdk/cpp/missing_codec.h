// Finds C++ types that cannot be encoded with the given codecs.
//
// Threading: functions without state.
#pragma once

#include <string>
#include <type_traits>

#include "boost/mp11/algorithm.hpp"
#include "graph/native/codec_set.h"
#include "graph/native/native_kind.h"
#include "graph/native/type_of.h"

namespace orrery::internal {

template <class T>
std::string FindMissingCodec(const graph::CodecSet& codecs);

template <class T>
struct MissingInArguments;
template <template <class...> class Template, class... Ts>
struct MissingInArguments<Template<Ts...>> {
  static std::string Find(const graph::CodecSet& codecs) {
    std::string missing;
    static_cast<void>(((missing = FindMissingCodec<Ts>(codecs)).empty() && ...));
    return missing;
  }
};

template <class T>
std::string FindMissingInFields(const graph::CodecSet& codecs) {
  std::string missing;
  boost::mp11::mp_for_each<graph::DescribedFields<T>>([&](auto field) {
    using Member = std::remove_reference_t<decltype(std::declval<T&>().*field.pointer)>;
    if (missing.empty()) missing = FindMissingCodec<Member>(codecs);
  });
  return missing;
}

// Returns the first opaque type in T, at any depth, that has no codec; empty if all have one.
template <class T>
std::string FindMissingCodec(const graph::CodecSet& codecs) {
  using graph::NativeKind;
  constexpr NativeKind kKind = graph::kNativeKind<T>;
  if constexpr (std::is_class_v<T>) {
    if (codecs.Find<T>() != nullptr) return "";
  }
  if constexpr (kKind == NativeKind::kCustom) {
    return graph::TypeOf<T>().ToString();
  } else if constexpr (kKind == NativeKind::kOptional || kKind == NativeKind::kList) {
    return FindMissingCodec<typename T::value_type>(codecs);
  } else if constexpr (kKind == NativeKind::kMap) {
    return FindMissingCodec<typename T::mapped_type>(codecs);
  } else if constexpr (kKind == NativeKind::kTuple || kKind == NativeKind::kVariant) {
    return MissingInArguments<T>::Find(codecs);
  } else if constexpr (kKind == NativeKind::kStruct) {
    return FindMissingInFields<T>(codecs);
  } else {
    return "";
  }
}

}  // namespace orrery::internal
