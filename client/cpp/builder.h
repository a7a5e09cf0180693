// Builds graphs in C++; wrong ports and types do not compile.
//
//   GraphBuilder g("array_pipeline");
//   const auto onedim = g.Add(scipy_worker::Linspace{.start = 0.0, .stop = 10.0});
//   const auto twodim = g.Add(scipy_worker::Reshape{.a = onedim, .shape = kShape});
//   g.Output("a", g.Add(scipy_worker::Transpose{.a = twodim}));
//   ASSIGN_OR_RETURN(graph::Graph graph, std::move(g).Build());
//
// docs/builder.md shows every kind of node. Nodes are numbered in the order in which they are
// added, each constant just before its node; the output node is the last.
//
// Build reports the problems that only show at run time, such as text that is not UTF-8 or a port
// of another builder.
//
// Threading: thread-compatible.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "client/cpp/body.h"
#include "client/cpp/branch.h"
#include "client/cpp/constant.h"
#include "client/cpp/each.h"
#include "client/cpp/node_binder.h"
#include "client/cpp/node_list.h"
#include "client/cpp/port.h"
#include "client/cpp/port_binding.h"
#include "client/cpp/port_family.h"
#include "client/cpp/port_match.h"
#include "client/cpp/port_struct.h"
#include "graph/graph.h"
#include "graph/native/codec_set.h"

namespace orrery::client {

// See client/cpp/untyped.h.
struct UntypedInput;
class UntypedOutputs;

class GraphBuilder {
 public:
  explicit GraphBuilder(std::string name) : nodes_(std::move(name)) {}

  // Adds an input of the graph. If T is a TypedGraph, the input takes a graph.
  template <SingleValue T>
  Port<T> Input(const std::string& name) {
    return PortOf<T>(nodes_.Add({.kind = graph::InputNode{name}, .inputs = {}}), name);
  }

  // Adds a constant. `codecs` has the serializers of types that need one.
  template <class T>
  Port<internal::ConstantType<T>> Const(const T& value,
                                        const graph::CodecSet& codecs = graph::NoCodecs()) {
    const graph::PortRef ref =
        nodes_.Resolve("the value of Const", internal::EncodeConstant(value, codecs));
    return PortOf<internal::ConstantType<T>>(ref.node, ref.port);
  }

  // Adds a call of a task, a struct that `<worker> --stubs` prints, or of a builtin
  // (client/cpp/builtins.h). The struct has kFunctionName, Outputs, and an In or OptionalIn for
  // each input. `policy` is the failure policy of the node; builtins have none.
  template <class Task>
  typename Task::Outputs Add(const Task& task, const graph::FailurePolicy& policy = {}) {
    return PortsOf<typename Task::Outputs>(nodes_.AddWired(
        graph::FunctionNode{std::string(Task::kFunctionName), policy}, internal::BindTask(task)));
  }

  // Adds an eval of a graph: a TypedGraph, or a port that carries one.
  template <GraphSource Body, EvalInputs<Body> Inputs = Rebound<InputsOf<Body>, In>>
  OutputsOf<Body> Eval(const Body& body, const Inputs& inputs) {
    return PortsOf<OutputsOf<Body>>(AddRun<In>(graph::EvalNode{}, body, inputs));
  }

  // Adds an eval of an untyped graph. Build reports names that the graph does not have.
  UntypedOutputs Eval(const graph::Graph& body, const std::vector<UntypedInput>& inputs);

  // Adds a partial eval: fixes some inputs of `body`. Returns the graph with the inputs
  // `Remaining`.
  template <class Remaining, GraphSource Body,
            PartialInputs<Body, Remaining> Inputs = Rebound<InputsOf<Body>, OptionalIn>>
  Port<TypedGraph<Remaining, OutputsOf<Body>>> Partial(const Body& body, const Inputs& inputs) {
    const std::int32_t node = nodes_.AddPartial(
        In<internal::GraphOf<Body>>(body).binding(),
        internal::BindInputs<InputsOf<Body>, In>(inputs),
        {.all = internal::NamesOf<InputsOf<Body>>(), .remaining = internal::NamesOf<Remaining>()});
    return PortOf<TypedGraph<Remaining, OutputsOf<Body>>>(node, graph::kBodyPort);
  }

  // Adds a loop: runs `body` at least once, until its output should_continue is false. After each
  // iteration its outputs replace the inputs with their names. A loop with a name keeps a trace.
  template <LoopBody Body, EvalInputs<Body> Inputs = Rebound<InputsOf<Body>, In>>
  OutputsOf<Body> Loop(const Body& body, const Inputs& inputs, std::string name = "") {
    graph::LoopNode loop{
        .body = {}, .continue_port = std::string(kContinuePort), .name = std::move(name)};
    return PortsOf<OutputsOf<Body>>(AddRun<In>(std::move(loop), body, inputs));
  }

  // Adds a map: runs `body` once for each element. Zips the inputs that are elements; the others
  // have one value for all. Requires: at least one input is elements.
  template <MapBody Body, MapInputs<Body> Inputs = Rebound<InputsOf<Body>, EachIn>>
  Rebound<OutputsOf<Body>, EachPort> Map(const Body& body, const Inputs& inputs) {
    const std::int32_t node = AddRun<EachIn>(graph::MapNode{}, body, inputs);
    const bool is_single = internal::NamesOf<OutputsOf<Body>>().size() == 1;
    return BindPorts<Rebound<OutputsOf<Body>, EachPort>>(
        internal::MapBinder{{nodes_, node}, is_single});
  }

  // Returns the elements of a list, for a map.
  template <class T>
  Port<Each<T>> Unfold(const Port<std::vector<T>>& list) {
    return PortOf<Each<T>>(
        nodes_.AddWired(graph::FunctionNode{"builtins.unfold_values"}, {{"value", list.bound()}}),
        kElementsPort);
  }

  // Returns the elements as a list.
  template <class T>
  Port<std::vector<T>> Fold(const Port<Each<T>>& elements) {
    return PortOf<std::vector<T>>(nodes_.AddWired(graph::FunctionNode{"builtins.fold_values"},
                                                  {{"values_glob", elements.bound()}}),
                                  graph::kValuePort);
  }

  // Adds an if-else that runs only the chosen branch. Branches are ports or constants of one type.
  template <class IfTrue, BranchLike<IfTrue> IfFalse>
  Port<BranchType<IfTrue, IfFalse>> IfElse(const In<bool>& pred, const IfTrue& if_true,
                                           const IfFalse& if_false) {
    return AddIfElse<BranchType<IfTrue, IfFalse>>(/*is_eager=*/false, pred, if_true, if_false);
  }

  // Adds an if-else that runs both branches.
  template <class IfTrue, BranchLike<IfTrue> IfFalse>
  Port<BranchType<IfTrue, IfFalse>> EagerIfElse(const In<bool>& pred, const IfTrue& if_true,
                                                const IfFalse& if_false) {
    return AddIfElse<BranchType<IfTrue, IfFalse>>(/*is_eager=*/true, pred, if_true, if_false);
  }

  template <SingleValue T>
  void Output(const std::string& name, const Port<T>& port) {
    nodes_.AddOutput(name, port.bound());
  }

  // Returns the graph.
  //
  // Errors: kInvalidArgument with one line for each problem.
  absl::StatusOr<graph::Graph> Build() && { return std::move(nodes_).Build(); }

 private:
  template <class InputPorts, class OutputPorts>
  friend class TypedGraph;

  template <class T>
  Port<T> PortOf(std::int32_t node, std::string_view name) const {
    return internal::NodeBinder{nodes_, node}.Port<T>(name);
  }

  template <class Ports>
  Ports PortsOf(std::int32_t node) {
    return BindPorts<Ports>(internal::NodeBinder{nodes_, node});
  }

  template <template <class> class End, class Body, class Inputs>
  std::int32_t AddRun(const graph::NodeKind& kind, const Body& body, const Inputs& inputs) {
    return nodes_.AddRun(kind, In<internal::GraphOf<Body>>(body).binding(),
                         internal::BindInputs<InputsOf<Body>, End>(inputs));
  }

  template <class T>
  Port<T> AddIfElse(bool is_eager, const In<bool>& pred, const In<T>& if_true,
                    const In<T>& if_false) {
    const std::int32_t node = nodes_.AddIfElse(
        is_eager,
        {.pred = pred.binding(), .if_true = if_true.binding(), .if_false = if_false.binding()});
    return PortOf<T>(node, graph::kValuePort);
  }

  internal::NodeList nodes_;
};

}  // namespace orrery::client
