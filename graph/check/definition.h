// The graphs of a check: the one that is checked and those in its constants, each read once however
// often it is run.
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

#include "graph/check/flow_table.h"
#include "graph/check/problem_list.h"
#include "graph/check/step_budget.h"
#include "graph/check/task_table.h"
#include "graph/checker.h"
#include "graph/graph.h"
#include "graph/value.h"

namespace orrery::graph {

// What a graph looks like from outside.
struct GraphFace {
  using Names = std::set<std::string, std::less<>>;

  Names inputs;
  // Names that more than one input node has.
  Names repeated_inputs;
  // Inputs that need not be given.
  Names fixed_inputs;
  Names outputs;
};

GraphFace FaceOf(const Graph& graph);

struct GraphDefinition {
  // "-", or the location of the constant that it is.
  std::string location;
  // Leads messages about it: "-.N1: node 1 (const)"; empty for the outermost graph.
  std::string label;
  // The constant; null for the outermost graph.
  const Value* constant = nullptr;

  // What follows is known once it is loaded.
  bool is_loaded = false;
  std::optional<Graph> parsed;
  // Null if it is no graph.
  const Graph* graph = nullptr;
  GraphFace face;
  // What its constants are, by node; null for other nodes.
  std::vector<const Ports*> constants;
  // The values of its fixed inputs.
  const Ports* fixed_inputs = nullptr;
  // Nodes that are run whenever the graph is: not those that a lazy branch may leave out.
  std::vector<bool> is_always_run;
  // Evals whose `body` port is used: there inputs may be missing.
  std::set<std::size_t> partial_evals;

  // Its types are being inferred just now.
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
    StepBudget& budget;
    ProblemList& problems;
  };

  // All of `parts` outlives it.
  explicit GraphDefinitions(const Parts& parts) : parts_(parts) {}

  // The outermost graph; it outlives the definitions.
  GraphDefinition& AddRoot(const Graph& graph);

  // Reads it and checks its structure, the first time it is asked for. False if it is no graph.
  bool Load(GraphDefinition& definition);

 private:
  void Read(GraphDefinition& definition);
  void Prepare(GraphDefinition& definition);
  Flow FlowOfConstant(GraphDefinition& parent, std::size_t index, bool is_run);
  const Ports* FixedInputsOf(const Graph& graph);

  Parts parts_;
  // A deque, because closures point into it.
  std::deque<GraphDefinition> definitions_;
};

}  // namespace orrery::graph
