// A graph with typed inputs and outputs, for eval, loop and map.
//
//   using Scale = TypedGraph<Port<double>, Port<double>>;
//   ASSIGN_OR_RETURN(const auto twice, Scale::Define("twice", [](GraphBuilder& g, Port<double> x) {
//     return g.Add(builtins::Times{.a = x, .b = 2.0});
//   }));
//   const Port<double> y = g.Eval(twice, x);
//
// Inputs and outputs are structs of ports, or single ports (client/cpp/port_struct.h). A TypedGraph
// is also a value: a constant, or the value of a Port<TypedGraph<...>>.
#pragma once

#include <concepts>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/status_macros.h"
#include "client/cpp/builder.h"
#include "client/cpp/graph_type.h"
#include "client/cpp/port.h"
#include "client/cpp/port_struct.h"
#include "graph/graph.h"

namespace orrery::client {

namespace internal {

struct PortNames {
  std::vector<std::string> inputs;
  std::vector<std::string> outputs;
};

absl::Status CheckPortNames(const graph::Graph& graph, const PortNames& wanted);

}  // namespace internal

template <class InputPorts, class OutputPorts>
class TypedGraph {
 public:
  using Inputs = InputPorts;
  using Outputs = OutputPorts;

  // Builds a graph. `define` gets a builder, the inputs and, if it has a third parameter, the graph
  // itself as a port, for recursion; it returns the outputs.
  //
  // Errors: those of Build.
  template <class Function>
  static absl::StatusOr<TypedGraph> Define(std::string name, Function&& define) {
    GraphBuilder builder(std::move(name));
    const Inputs inputs = BindPorts<Inputs>(InputBinder{builder});
    const Outputs outputs = Call(define, builder, inputs);
    VisitPorts(outputs, [&builder](std::string_view port_name, const auto& port) {
      builder.Output(std::string(port_name), port);
    });
    ASSIGN_OR_RETURN(graph::Graph graph, std::move(builder).Build());
    return TypedGraph(std::move(graph));
  }

  // Converts a graph. Does not check its types.
  //
  // Errors: kInvalidArgument if the names of its inputs, without fixed ones, or outputs differ.
  static absl::StatusOr<TypedGraph> From(graph::Graph graph) {
    RETURN_IF_ERROR(internal::CheckPortNames(
        graph, {.inputs = NamesOf<Inputs>(), .outputs = NamesOf<Outputs>()}));
    return TypedGraph(std::move(graph));
  }

  const graph::Graph& graph() const { return graph_; }

 private:
  struct InputBinder {
    GraphBuilder& builder;

    template <class T>
    client::Port<T> Port(std::string_view name) {
      return builder.Input<T>(std::string(name));
    }
  };

  template <class Function>
  static Outputs Call(Function& define, GraphBuilder& builder, const Inputs& inputs) {
    if constexpr (std::invocable<Function&, GraphBuilder&, const Inputs&, Port<TypedGraph>>) {
      return define(builder, inputs, builder.PortOf<TypedGraph>(graph::kOutside, graph::kBodyPort));
    } else {
      return define(builder, inputs);
    }
  }

  template <class Ports>
  static std::vector<std::string> NamesOf() {
    GraphBuilder scratch("");
    std::vector<std::string> names;
    VisitPorts(BindPorts<Ports>(InputBinder{scratch}),
               [&names](std::string_view name, const auto&) { names.emplace_back(name); });
    return names;
  }

  explicit TypedGraph(graph::Graph graph) : graph_(std::move(graph)) {}

  graph::Graph graph_;
};

}  // namespace orrery::client
