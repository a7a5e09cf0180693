// The graph type of a C++ type.
//
// Threading: functions without state.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "boost/core/type_name.hpp"
#include "boost/describe/members.hpp"
#include "boost/describe/modifiers.hpp"
#include "boost/mp11/algorithm.hpp"
#include "graph/native/native_kind.h"
#include "graph/type.h"

namespace orrery::graph {

// A string as a template argument.
template <std::size_t kSize>
struct FixedString {
  constexpr FixedString(const char (&text)[kSize]) { std::copy_n(text, kSize, characters); }
  constexpr std::string_view view() const { return {characters, kSize - 1}; }

  char characters[kSize] = {};
};

// Stands for an opaque type without a C++ type: in typed stubs, for ports.
template <FixedString kName>
struct Opaque {};

template <FixedString kName>
struct NativeTraits<Opaque<kName>> {
  static constexpr std::string_view kOpaqueName = kName.view();
  static Type type() { return OpaqueType(std::string(kOpaqueName)); }
};

// The name of a described struct. Specialize it to replace the default, the unqualified C++ name.
template <class T>
struct StructName {
  static std::string value() {
    const std::string qualified = boost::core::type_name<T>();
    const std::string_view name(qualified);
    const std::size_t colons = name.substr(0, name.find('<')).rfind("::");
    return std::string(colons == std::string_view::npos ? name : name.substr(colons + 2));
  }
};

// The fields of a described struct, those of its bases first.
template <class T>
using DescribedFields = boost::describe::describe_members<T, boost::describe::mod_public |
                                                                 boost::describe::mod_inherited>;

template <class T>
Type TypeOf();

namespace internal {

template <class T>
struct ArgumentTypes;
template <template <class...> class Template, class... Ts>
struct ArgumentTypes<Template<Ts...>> {
  static std::vector<Type> value() { return {TypeOf<Ts>()...}; }
};

template <class T>
Type TypeOfStruct() {
  std::vector<std::pair<std::string, Type>> fields;
  boost::mp11::mp_for_each<DescribedFields<T>>([&fields](auto field) {
    using Member = std::remove_reference_t<decltype(std::declval<T&>().*field.pointer)>;
    fields.emplace_back(field.name, TypeOf<Member>());
  });
  return StructOf(StructName<T>::value(), std::move(fields));
}

template <class T>
Type TypeOfPlain() {
  constexpr NativeKind kKind = kNativeKind<T>;
  static_assert(kKind != NativeKind::kUnsupported,
                "this C++ type has no graph type: describe it with BOOST_DESCRIBE_STRUCT or "
                "specialise orrery::graph::NativeTraits");
  if constexpr (kKind == NativeKind::kCustom) return NativeTraits<T>::type();
  if constexpr (kKind == NativeKind::kDatum) return {};
  if constexpr (kKind == NativeKind::kNone) return SimpleType(TypeKind::kNone);
  if constexpr (kKind == NativeKind::kBool) return SimpleType(TypeKind::kBool);
  if constexpr (kKind == NativeKind::kInteger) return SimpleType(TypeKind::kInt);
  if constexpr (kKind == NativeKind::kBigInteger) return SimpleType(TypeKind::kInt);
  if constexpr (kKind == NativeKind::kFloat) return SimpleType(TypeKind::kFloat);
  if constexpr (kKind == NativeKind::kComplex) return SimpleType(TypeKind::kComplex);
  if constexpr (kKind == NativeKind::kText) return SimpleType(TypeKind::kStr);
  if constexpr (kKind == NativeKind::kBytes) return SimpleType(TypeKind::kBytes);
  if constexpr (kKind == NativeKind::kOptional) return OptionalOf(TypeOf<typename T::value_type>());
  if constexpr (kKind == NativeKind::kList) return ListOf(TypeOf<typename T::value_type>());
  if constexpr (kKind == NativeKind::kMap) return MapOf(TypeOf<typename T::mapped_type>());
  if constexpr (kKind == NativeKind::kTuple) return TupleOf(ArgumentTypes<T>::value());
  if constexpr (kKind == NativeKind::kVariant) return UnionOf(ArgumentTypes<T>::value());
  if constexpr (kKind == NativeKind::kStruct) return TypeOfStruct<T>();
}

}  // namespace internal

// Does not compile for an unsupported type. Datum, which can hold any value, is the unknown type.
template <class T>
Type TypeOf() {
  return internal::TypeOfPlain<std::remove_cvref_t<T>>();
}

}  // namespace orrery::graph
