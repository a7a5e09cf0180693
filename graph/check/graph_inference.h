// Infers the types of one graph, for given input types, in one pass.
//
// Threading: thread-compatible.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "graph/check/edge.h"
#include "graph/check/flow_table.h"
#include "graph/check/inference.h"
#include "graph/graph.h"
#include "graph/task.h"

namespace orrery::graph {

class GraphInference {
 public:
  // Requires: the graph of the run is loaded. `shared` outlives the pass.
  GraphInference(Inference& shared, const GraphRun& run);

  // Returns the outputs of the graph.
  const Ports* Run();

 private:
  const Ports* InferNode(std::size_t index);
  const Ports* InferFunction(std::size_t index, const FunctionNode& function);
  const Ports* InferEval(std::size_t index, const EvalNode& eval);
  const Ports* InferLoop(std::size_t index, const LoopNode& loop);
  const Ports* InferMap(std::size_t index, const MapNode& map);
  const Ports* InferIfElse(std::size_t index, const IfElseNode& choice);

  // Checks that the port exists, and that ports with elements lead to nodes that accept elements.
  void CheckSource(std::size_t index, std::string_view role, const PortRef& source);
  // Returns the loaded graph that a node runs; null if it is not known before it runs.
  const Closure* FindBody(std::size_t index, std::string_view role, const PortRef& body);
  // Checks the inputs of the node against those of the graph that it runs.
  void CheckArguments(std::size_t index, const Closure& body);
  void CheckFits(std::size_t index, const NodeInput& input, const PortSpec& port);
  void RecordUse(std::size_t index, const Flow& flow, const PortSpec& port);

  const Ports* OutputsOf(std::size_t index, const Closure* body, const Ports* arguments);
  void CheckContinuePort(std::size_t index, const LoopNode& loop, const Closure& body,
                         const Ports& outputs);
  // Returns the inputs of the next iteration, given the inputs and outputs of this one, by name.
  std::vector<PortFlow> NextInputs(const Closure& body, const std::vector<PortFlow>& inputs,
                                   const Ports& outputs, int round);

  // Returns what arrives at a reference; unknown if the reference is invalid.
  const Flow* FlowOf(std::size_t index, const PortRef& source) const;
  // Returns what arrives at the inputs of a node.
  std::vector<PortFlow> WiredOf(std::size_t index) const;

  // Returns true if the problem is already reported. Messages with hints are expensive, and a graph
  // may run very often.
  bool IsReported(std::size_t index, std::string_view port) const;
  void Report(std::size_t index, std::string_view port, std::string_view message);
  void ReportMismatch(std::size_t index, std::string_view port, std::string_view source,
                      const Mismatch& mismatch);

  Inference& shared_;
  const GraphRun run_;
  const GraphDefinition& definition_;
  const Graph& graph_;
  // The graph itself, for its port `body`.
  const Flow* const self_;
  // All inputs of the graph.
  const Ports* const inputs_;
  // The ports of the nodes so far.
  std::vector<const Ports*> ports_;
};

}  // namespace orrery::graph
