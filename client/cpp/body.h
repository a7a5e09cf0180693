// Concepts for the graphs that eval, loop and map may run, and for their inputs.
#pragma once

#include "client/cpp/graph_type.h"
#include "client/cpp/port.h"
#include "client/cpp/port_family.h"
#include "client/cpp/port_match.h"
#include "client/cpp/port_struct.h"

namespace orrery::client {
namespace internal {

template <class T>
struct BodyTraits {
  static constexpr bool kIsGraph = false;
};
template <class InputPorts, class OutputPorts>
struct BodyTraits<TypedGraph<InputPorts, OutputPorts>> {
  static constexpr bool kIsGraph = true;
  using Graph = TypedGraph<InputPorts, OutputPorts>;
  using Inputs = InputPorts;
  using Outputs = OutputPorts;
};
template <class T>
struct BodyTraits<Port<T>> : BodyTraits<T> {};

template <class Body>
using GraphOf = typename BodyTraits<Body>::Graph;

}  // namespace internal

// A TypedGraph, or a port that carries one.
template <class T>
concept GraphSource = internal::BodyTraits<T>::kIsGraph;

template <GraphSource Body>
using InputsOf = typename internal::BodyTraits<Body>::Inputs;

template <GraphSource Body>
using OutputsOf = typename internal::BodyTraits<Body>::Outputs;

// A body with an output should_continue whose other outputs fit the inputs of their names.
template <class T>
concept LoopBody = GraphSource<T> && LoopPorts<InputsOf<T>, OutputsOf<T>>;

// A body whose outputs can be ports of elements: a single port or a family.
template <class T>
concept MapBody = GraphSource<T> && PortFamily<OutputsOf<T>> && internal::NamedPorts<OutputsOf<T>>;

template <class Inputs, class Body>
concept EvalInputs = InputsFor<Inputs, InputsOf<Body>, In>;

// Each input is a port of elements, or one value for all elements.
template <class Inputs, class Body>
concept MapInputs = InputsFor<Inputs, InputsOf<Body>, EachIn>;

template <class Inputs, class Body, class Remaining>
concept PartialInputs = PartialInputsFor<Inputs, Remaining, InputsOf<Body>>;

}  // namespace orrery::client
