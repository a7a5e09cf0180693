// Encodes C++ values as constants of a graph.
//
// Threading: functions without state.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <type_traits>

#include "absl/status/statusor.h"
#include "base/status_macros.h"
#include "client/cpp/assignable.h"
#include "client/cpp/graph_type.h"
#include "graph/datum.h"
#include "graph/graph.h"
#include "graph/native/codec_set.h"
#include "graph/native/convert.h"
#include "graph/native/encode.h"
#include "graph/native/native_kind.h"
#include "graph/value.h"
#include "graph/value_codec.h"

namespace orrery::client::internal {

using graph::kNativeKind;
using graph::NativeKind;

// Returns the type of a constant: std::string for text, int64 for a signed integer, double for a
// float.
template <class T>
consteval auto FindConstantType() {
  using Plain = std::remove_cvref_t<T>;
  constexpr NativeKind kKind = kNativeKind<std::decay_t<const T&>>;
  if constexpr (kKind == NativeKind::kText) {
    return std::type_identity<std::string>();
  } else if constexpr (kKind == NativeKind::kInteger && std::signed_integral<Plain>) {
    return std::type_identity<std::int64_t>();
  } else if constexpr (kKind == NativeKind::kFloat) {
    return std::type_identity<double>();
  } else {
    return std::type_identity<Plain>();
  }
}

template <class T>
using ConstantType = typename decltype(FindConstantType<T>())::type;

// Types that can be encoded without a codec. Opaque types cannot.
template <class T>
concept Writable = kIsTypedGraph<T> ||
    (kNativeKind<T> != NativeKind::kCustom && kNativeKind<T> != NativeKind::kUnsupported);

template <class From, class To>
concept ConstantFor = Writable<ConstantType<From>> && AssignableTo<ConstantType<From>, To>;

graph::Value EncodeGraph(const graph::Graph& graph);

// `codecs` has the serializers of types that need one.
template <class T>
absl::StatusOr<graph::Value> EncodeConstant(const T& value, const graph::CodecSet& codecs) {
  if constexpr (kIsTypedGraph<T>) {
    return EncodeGraph(value.graph());
  } else {
    if constexpr (std::is_class_v<T>) {
      if (codecs.Find<T>() != nullptr) return graph::EncodeNative(value, codecs);
    }
    ASSIGN_OR_RETURN(const graph::Datum datum, graph::ToDatum<ConstantType<T>>(value, codecs));
    return graph::EncodeValue(datum);
  }
}

// Encodes a constant as a `To`: an integer becomes a float if `To` is one.
template <class To, class From>
absl::StatusOr<graph::Value> EncodeConstantAs(const From& value) {
  if constexpr (std::integral<From> && std::floating_point<To>) {
    return EncodeConstant(static_cast<To>(value), graph::NoCodecs());
  } else {
    return EncodeConstant(value, graph::NoCodecs());
  }
}

}  // namespace orrery::client::internal
