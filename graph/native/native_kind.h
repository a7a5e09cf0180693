// The mapping from C++ types to graph types.
//
// To support a type of your own, either describe its fields with BOOST_DESCRIBE_STRUCT, which makes
// it a struct, or specialize NativeTraits:
//
//   template <>
//   struct orrery::graph::NativeTraits<NDArray> {
//     static constexpr std::string_view kOpaqueName = "numpy.ndarray";
//     static Type type() { return OpaqueType(std::string(kOpaqueName)); }
//   };
//
// Such a type needs a codec (graph/native/codec_set.h) to become a value.
#pragma once

#include <complex>
#include <concepts>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "boost/describe/members.hpp"
#include "graph/datum.h"
#include "graph/type.h"

namespace orrery::graph {

// Specialize it with `static Type type();` and kOpaqueName, by which the compiler can tell whether
// two types are the same opaque type.
template <class T>
struct NativeTraits {};

template <class T>
concept HasNativeTraits = requires {
  { NativeTraits<T>::type() } -> std::same_as<Type>;
};

// An opaque type whose name is also known at compile time.
template <class T>
concept NamedOpaque = HasNativeTraits<T> && requires {
  { NativeTraits<T>::kOpaqueName } -> std::convertible_to<std::string_view>;
};

enum class NativeKind {
  kUnsupported,
  kCustom,  // NativeTraits
  kDatum,
  kNone,
  kBool,
  kInteger,
  kBigInteger,
  kFloat,
  kComplex,
  kText,
  kBytes,
  kOptional,
  kList,
  kMap,
  kTuple,
  kVariant,
  kStruct,
};

namespace internal {

// The kind of class templates.
template <class T>
inline constexpr NativeKind kTemplateKind = NativeKind::kUnsupported;
template <class T>
inline constexpr NativeKind kTemplateKind<std::complex<T>> = NativeKind::kComplex;
template <class T>
inline constexpr NativeKind kTemplateKind<std::optional<T>> = NativeKind::kOptional;
template <class T>
inline constexpr NativeKind kTemplateKind<std::vector<T>> = NativeKind::kList;
template <class T>
inline constexpr NativeKind kTemplateKind<std::map<std::string, T>> = NativeKind::kMap;
template <class T>
inline constexpr NativeKind kTemplateKind<std::unordered_map<std::string, T>> = NativeKind::kMap;
template <class A, class B>
inline constexpr NativeKind kTemplateKind<std::pair<A, B>> = NativeKind::kTuple;
template <class... Ts>
inline constexpr NativeKind kTemplateKind<std::tuple<Ts...>> = NativeKind::kTuple;
template <class... Ts>
inline constexpr NativeKind kTemplateKind<std::variant<Ts...>> = NativeKind::kVariant;

template <class T, class... Options>
inline constexpr bool kIsOneOf = (std::same_as<T, Options> || ...);

template <class T>
inline constexpr bool kIsCharacter = kIsOneOf<T, char, wchar_t, char8_t, char16_t, char32_t>;

template <class T>
consteval NativeKind FindNativeKind() {
  if (HasNativeTraits<T>) return NativeKind::kCustom;
  if (std::same_as<T, Datum>) return NativeKind::kDatum;
  if (kIsOneOf<T, None, std::monostate>) return NativeKind::kNone;
  if (std::same_as<T, bool>) return NativeKind::kBool;
  if (std::integral<T> && !kIsCharacter<T>) return NativeKind::kInteger;
  if (std::same_as<T, BigInteger>) return NativeKind::kBigInteger;
  if (std::floating_point<T>) return NativeKind::kFloat;
  if (kIsOneOf<T, std::string, std::string_view, const char*>) return NativeKind::kText;
  if (kIsOneOf<T, Bytes, SharedBytes>) return NativeKind::kBytes;
  if (kTemplateKind<T> != NativeKind::kUnsupported) return kTemplateKind<T>;
  if (boost::describe::has_describe_members<T>::value) return NativeKind::kStruct;
  return NativeKind::kUnsupported;
}

}  // namespace internal

template <class T>
inline constexpr NativeKind kNativeKind = internal::FindNativeKind<T>();

}  // namespace orrery::graph
