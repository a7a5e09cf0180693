// Decides at compile time if a value of one C++ type fits an input of another, as
// graph::IsAssignable does at run time, so that a graph with wrong types does not compile.
//
// An integer fits a float, and a value fits an optional or a variant of its type, also inside
// containers and described structs. Opaque types fit by name. graph::Datum fits every type, and
// every type fits it. Elements (client/cpp/each.h) fit inputs for elements only.
#pragma once

#include <cstddef>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

#include "boost/mp11/algorithm.hpp"
#include "boost/mp11/list.hpp"
#include "client/cpp/each.h"
#include "graph/native/native_kind.h"
#include "graph/native/type_of.h"

namespace orrery::client {

template <class From, class To>
consteval bool IsAssignable();

namespace internal {

using graph::kNativeKind;
using graph::NativeKind;

template <class From, class To>
struct VariantRules;

template <class... From, class To>
struct VariantRules<std::variant<From...>, To> {
  static constexpr bool kAllFit = (IsAssignable<From, To>() && ...);
};

template <class From, class To>
struct AlternativeRules;

template <class From, class... To>
struct AlternativeRules<From, std::variant<To...>> {
  static constexpr bool kAnyFits = (IsAssignable<From, To>() || ...);
};

template <class From, class To, std::size_t... kIndexes>
consteval bool AreElementsAssignable(std::index_sequence<kIndexes...>) {
  return (
      IsAssignable<std::tuple_element_t<kIndexes, From>, std::tuple_element_t<kIndexes, To>>() &&
      ...);
}

// True for two C++ types of one opaque type: the one in a stub and the real one.
template <class From, class To>
consteval bool IsSameOpaque() {
  if constexpr (graph::NamedOpaque<From> && graph::NamedOpaque<To>) {
    return graph::NativeTraits<From>::kOpaqueName == graph::NativeTraits<To>::kOpaqueName;
  } else {
    return false;
  }
}

template <class Struct, class Field>
using FieldType =
    std::remove_cvref_t<decltype(std::declval<const Struct&>().*std::declval<Field>().pointer)>;

// True for structs with the same fields in the same order, such as a worker's and its stub's.
template <class From, class To, class... FromFields, class... ToFields>
consteval bool AreFieldsAssignable(boost::mp11::mp_list<FromFields...>,
                                   boost::mp11::mp_list<ToFields...>) {
  if constexpr (sizeof...(FromFields) != sizeof...(ToFields)) {
    return false;
  } else {
    return ((std::string_view(FromFields::name) == ToFields::name &&
             IsAssignable<FieldType<From, FromFields>, FieldType<To, ToFields>>()) &&
            ...);
  }
}

consteval bool IsInteger(NativeKind kind) {
  return kind == NativeKind::kInteger || kind == NativeKind::kBigInteger;
}

// True for equal kinds whose values all have one type.
consteval bool IsSameSimpleKind(NativeKind from, NativeKind to) {
  return from == to &&
         (from == NativeKind::kNone || from == NativeKind::kBool || from == NativeKind::kFloat ||
          from == NativeKind::kComplex || from == NativeKind::kText || from == NativeKind::kBytes);
}

// Requires: neither type is an optional, a variant or graph::Datum.
template <class From, class To>
consteval bool IsPlainAssignable() {
  constexpr NativeKind kFrom = kNativeKind<From>;
  constexpr NativeKind kTo = kNativeKind<To>;
  if constexpr (kFrom == NativeKind::kList && kTo == NativeKind::kList) {
    return IsAssignable<typename From::value_type, typename To::value_type>();
  } else if constexpr (kFrom == NativeKind::kMap && kTo == NativeKind::kMap) {
    return IsAssignable<typename From::mapped_type, typename To::mapped_type>();
  } else if constexpr (kFrom == NativeKind::kTuple && kTo == NativeKind::kTuple) {
    if constexpr (std::tuple_size_v<From> == std::tuple_size_v<To>) {
      return AreElementsAssignable<From, To>(std::make_index_sequence<std::tuple_size_v<From>>());
    } else {
      return false;
    }
  } else if constexpr (kFrom == NativeKind::kStruct && kTo == NativeKind::kStruct) {
    using boost::mp11::mp_list;
    using boost::mp11::mp_rename;
    return AreFieldsAssignable<From, To>(mp_rename<graph::DescribedFields<From>, mp_list>(),
                                         mp_rename<graph::DescribedFields<To>, mp_list>());
  } else if constexpr (kFrom == NativeKind::kCustom && kTo == NativeKind::kCustom) {
    return IsSameOpaque<From, To>();
  } else {
    return IsSameSimpleKind(kFrom, kTo) || (IsInteger(kFrom) && IsInteger(kTo)) ||
           (IsInteger(kFrom) && kTo == NativeKind::kFloat) ||
           ((IsInteger(kFrom) || kFrom == NativeKind::kFloat) && kTo == NativeKind::kComplex);
  }
}

}  // namespace internal

template <class From, class To>
consteval bool IsAssignable() {
  using internal::kNativeKind;
  using internal::NativeKind;
  constexpr NativeKind kFrom = kNativeKind<From>;
  constexpr NativeKind kTo = kNativeKind<To>;
  if constexpr (kIsEach<From> && kIsEach<To>) {
    return IsAssignable<typename internal::EachTraits<From>::Element,
                        typename internal::EachTraits<To>::Element>();
  } else if constexpr (kFrom == NativeKind::kUnsupported || kTo == NativeKind::kUnsupported) {
    return false;
  } else if constexpr (std::is_same_v<From, To> || kFrom == NativeKind::kDatum ||
                       kTo == NativeKind::kDatum) {
    return true;
  } else if constexpr (kFrom == NativeKind::kVariant) {
    return internal::VariantRules<From, To>::kAllFit;
  } else if constexpr (kFrom == NativeKind::kOptional) {
    return IsAssignable<graph::None, To>() && IsAssignable<typename From::value_type, To>();
  } else if constexpr (kTo == NativeKind::kOptional) {
    return kFrom == NativeKind::kNone || IsAssignable<From, typename To::value_type>();
  } else if constexpr (kTo == NativeKind::kVariant) {
    return internal::AlternativeRules<From, To>::kAnyFits;
  } else {
    return internal::IsPlainAssignable<From, To>();
  }
}

template <class From, class To>
concept AssignableTo = IsAssignable<From, To>();

}  // namespace orrery::client
