// One pass over one graph, run with given types: what comes out of each node.
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
  // The graph of the run is loaded. `shared` outlives the pass.
  GraphInference(Inference& shared, const GraphRun& run);

  // The outputs of the graph.
  const Ports* Run();

 private:
  const Ports* InferNode(std::size_t index);
  const Ports* InferFunction(std::size_t index, const FunctionNode& function);
  const Ports* InferEval(std::size_t index, const EvalNode& eval);
  const Ports* InferLoop(std::size_t index, const LoopNode& loop);
  const Ports* InferMap(std::size_t index, const MapNode& map);
  const Ports* InferIfElse(std::size_t index, const IfElseNode& choice);

  // Ports exist, and those that carry elements go where elements are taken.
  void CheckSource(std::size_t index, std::string_view role, const PortRef& source);
  // The graph that a node runs, loaded; null if that is not known before it runs.
  const Closure* FindBody(std::size_t index, std::string_view role, const PortRef& body);
  // Its inputs are those of the graph that it runs.
  void CheckArguments(std::size_t index, const Closure& body);
  void CheckFits(std::size_t index, const NodeInput& input, const PortSpec& port);
  void RecordUse(std::size_t index, const Flow& flow, const PortSpec& port);

  const Ports* OutputsOf(std::size_t index, const Closure* body, const Ports* arguments);
  void CheckContinuePort(std::size_t index, const LoopNode& loop, const Closure& body,
                         const Ports& outputs);
  // The inputs of the next iteration, given those and the outputs of this one, by name.
  std::vector<PortFlow> NextInputs(const Closure& body, const std::vector<PortFlow>& inputs,
                                   const Ports& outputs, int round);

  // What arrives; unknown if the reference is wrong.
  const Flow* FlowOf(std::size_t index, const PortRef& source) const;
  // What is wired to a node's inputs.
  std::vector<PortFlow> WiredOf(std::size_t index) const;

  // Messages with hints are costly, and a graph may be run very often.
  bool IsReported(std::size_t index, std::string_view port) const;
  void Report(std::size_t index, std::string_view port, std::string_view message);
  void ReportMismatch(std::size_t index, std::string_view port, std::string_view source,
                      const Mismatch& mismatch);

  Inference& shared_;
  const GraphRun run_;
  const GraphDefinition& definition_;
  const Graph& graph_;
  // The graph itself, as its port `body` gives it.
  const Flow* const self_;
  // Its inputs, all of them.
  const Ports* const inputs_;
  // Of the nodes so far.
  std::vector<const Ports*> ports_;
};

}  // namespace orrery::graph
