// The types of every port of a graph and of the graphs it runs, and what does not fit.
//
// A graph is looked at once for each combination of types it is run with, however often that is. A
// graph that runs itself gives unknown where it comes round again. The work is limited, see
// kLimits.inference_steps_max.
//
// Threading: thread-compatible.
#pragma once

#include <cstddef>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "graph/check/call_typing.h"
#include "graph/check/definition.h"
#include "graph/check/flow_table.h"
#include "graph/check/input_uses.h"
#include "graph/check/problem_list.h"
#include "graph/check/step_budget.h"
#include "graph/check/task_table.h"
#include "graph/checker.h"
#include "graph/limits.h"

namespace orrery::graph {

// One graph, run by a node of another.
struct GraphRun {
  const Closure* closure = nullptr;
  // What it is given; the other inputs are fixed, or unknown.
  const Ports* arguments = nullptr;
  // The node that runs it; null for the outermost graph.
  const GraphDefinition* caller = nullptr;
  std::size_t caller_node = 0;
  // It is run whenever the outermost graph is.
  bool is_always_run = true;
};

class Inference {
 public:
  // Both outlive it.
  Inference(const CheckOptions& options, ProblemList& problems);

  Inference(const Inference&) = delete;
  Inference& operator=(const Inference&) = delete;

  void Run(const Graph& root);

  // What comes out of a graph.
  const Ports* OutputsOf(const GraphRun& run);
  // The same where types do not matter: its outputs are unknown.
  const Ports* UntypedOutputsOf(GraphDefinition& definition);

  // Reads the graph, if it is one.
  bool Load(GraphDefinition& definition) { return definitions_.Load(definition); }

  // It makes no sense to go on.
  bool is_over() const { return problems_.is_full() || budget_.is_spent(); }

  TaskTable& tasks() { return tasks_; }
  FlowTable& flows() { return flows_; }
  CallTyping& calls() { return calls_; }
  InputUses& uses() { return uses_; }
  StepBudget& budget() { return budget_; }
  ProblemList& problems() { return problems_; }

 private:
  const CheckOptions& options_;
  ProblemList& problems_;
  StepBudget budget_{kLimits.inference_steps_max};
  TaskTable tasks_;
  FlowTable flows_;
  CallTyping calls_;
  InputUses uses_;
  GraphDefinitions definitions_;

  std::size_t depth_ = 0;
  // What comes out of a closure with arguments. Lookup only.
  absl::flat_hash_map<std::pair<const Closure*, const Ports*>, const Ports*> outputs_;
};

}  // namespace orrery::graph
