// The graphs of a check: the checked graph and the graphs in its constants. Each is read once,
// however often it runs.
//
// Threading: thread-compatible.
#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/limit.h"
#include "graph/check/flow_table.h"
#include "graph/check/problem_list.h"
#include "graph/check/task_table.h"
#include "graph/checker.h"
#include "graph/graph.h"
#include "graph/value.h"

namespace orrery::graph {

// The interface of a graph.
struct GraphFace {
  using Names = std::set<std::string, std::less<>>;

  Names inputs;
  // Names of more than one input node.
  Names repeated_inputs;
  // Inputs that need not be given.
  Names fixed_inputs;
  Names outputs;
};

GraphFace FaceOf(const Graph& graph);

struct GraphDefinition {
  // "-", or the location of the constant that contains the graph.
  std::string location;
  // The beginning of messages about the graph: "-.N1: node 1 (const)"; empty for the outermost
  // graph.
  std::string label;
  // The constant; null for the outermost graph.
  const Value* constant = nullptr;

  // The fields below are valid if this is true.
  bool is_loaded = false;
  std::optional<Graph> parsed;
  // Null if the constant is not a graph.
  const Graph* graph = nullptr;
  GraphFace face;
  // The types of its constants, by node; null for other nodes.
  std::vector<const Ports*> constants;
  // The types of its fixed inputs.
  const Ports* fixed_inputs = nullptr;
  // Nodes that run in every run of the graph: not those that only a lazy branch needs.
  std::vector<bool> is_always_run;
  // Evals whose `body` port is used: their inputs may be missing.
  std::set<std::size_t> partial_evals;

  // Its types are being inferred.
  bool is_active = false;

  // "the graph", or "-.N1: node 1 (const): its graph".
  std::string Where() const { return label.empty() ? "the graph" : label + ": its graph"; }
};

class GraphDefinitions {
 public:
  struct Parts {
    const CheckOptions& options;
    TaskTable& tasks;
    FlowTable& flows;
    Budget& budget;
    ProblemList& problems;
  };

  // All parts outlive this object.
  explicit GraphDefinitions(const Parts& parts) : parts_(parts) {}

  // Adds the outermost graph, which outlives this object.
  GraphDefinition& AddRoot(const Graph& graph);

  // Reads the graph and checks its structure at the first call. Returns false if it is not a graph.
  bool Load(GraphDefinition& definition);

 private:
  void Read(GraphDefinition& definition);
  void Prepare(GraphDefinition& definition);
  Flow FlowOfConstant(GraphDefinition& parent, std::size_t index, bool is_run);
  const Ports* FixedInputsOf(const Graph& graph);

  Parts parts_;
  // A deque, because closures point to its elements.
  std::deque<GraphDefinition> definitions_;
};

}  // namespace orrery::graph
