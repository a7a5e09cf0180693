// Makes TypedGraph a type of values, for Port<TypedGraph<...>>.
//
// Separate from client/cpp/typed_graph.h, so that ports need no builder.
#pragma once

#include "graph/graph.h"
#include "graph/native/native_kind.h"
#include "graph/type.h"

namespace orrery::client {

template <class InputPorts, class OutputPorts>
class TypedGraph;

namespace internal {

template <class T>
struct GraphTraits {
  static constexpr bool kIsGraph = false;
};

template <class InputPorts, class OutputPorts>
struct GraphTraits<TypedGraph<InputPorts, OutputPorts>> {
  static constexpr bool kIsGraph = true;
};

}  // namespace internal

template <class T>
inline constexpr bool kIsTypedGraph = internal::GraphTraits<T>::kIsGraph;

}  // namespace orrery::client

template <class InputPorts, class OutputPorts>
struct orrery::graph::NativeTraits<orrery::client::TypedGraph<InputPorts, OutputPorts>> {
  static Type type() { return SimpleType(TypeKind::kGraph); }
};
