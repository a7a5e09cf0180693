// Infers the types of every port of a graph and of the graphs that it runs, and reports mismatches.
//
// A graph is examined once for each combination of input types. A graph that runs itself gives
// unknown at the recursion. kLimits.inference_steps limits the work.
//
// Threading: thread-compatible.
#pragma once

#include <cstddef>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "base/limit.h"
#include "graph/check/call_typing.h"
#include "graph/check/definition.h"
#include "graph/check/flow_table.h"
#include "graph/check/input_uses.h"
#include "graph/check/problem_list.h"
#include "graph/check/task_table.h"
#include "graph/checker.h"
#include "graph/limits.h"

namespace orrery::graph {

// A graph that a node of another graph runs.
struct GraphRun {
  const Closure* closure = nullptr;
  // The given inputs. Other inputs are fixed or unknown.
  const Ports* arguments = nullptr;
  // The graph that contains the node; null for the outermost graph.
  const GraphDefinition* caller = nullptr;
  std::size_t caller_node = 0;
  // True if it runs in every run of the outermost graph.
  bool is_always_run = true;
};

class Inference {
 public:
  // Both references outlive the object.
  Inference(const CheckOptions& options, ProblemList& problems);

  Inference(const Inference&) = delete;
  Inference& operator=(const Inference&) = delete;

  void Run(const Graph& root);

  // Returns the outputs of a graph.
  const Ports* OutputsOf(const GraphRun& run);
  // Same as OutputsOf, if types do not matter: the outputs are unknown.
  const Ports* UntypedOutputsOf(GraphDefinition& definition);

  // Reads the graph. Returns false if it is not a graph.
  bool Load(GraphDefinition& definition) { return definitions_.Load(definition); }

  // Returns true if the inference should stop.
  bool is_over() const { return problems_.is_full() || budget_.is_spent(); }

  TaskTable& tasks() { return tasks_; }
  FlowTable& flows() { return flows_; }
  CallTyping& calls() { return calls_; }
  InputUses& uses() { return uses_; }
  Budget& budget() { return budget_; }
  ProblemList& problems() { return problems_; }

 private:
  const CheckOptions& options_;
  ProblemList& problems_;
  // One more than the limit, so that it is spent beyond the limit only.
  Budget budget_{kLimits.inference_steps.max + 1};
  TaskTable tasks_;
  FlowTable flows_;
  CallTyping calls_;
  InputUses uses_;
  GraphDefinitions definitions_;

  std::size_t depth_ = 0;
  // The outputs of a closure with arguments. Used for lookup only.
  absl::flat_hash_map<std::pair<const Closure*, const Ports*>, const Ports*> outputs_;
};

}  // namespace orrery::graph
