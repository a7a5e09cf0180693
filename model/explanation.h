// The reasons why a workflow or a node is in its state.
#pragma once

#include <string>
#include <vector>

#include "graph/location.h"
#include "model/attempt_failure.h"
#include "model/outcome.h"
#include "model/workflow.h"

namespace orrery::model {

struct NodeExplanation {
  graph::Location location;
  std::string function_name;
  // "blocked", "ready", "running", "loading", "storing", "waiting", "unfolded", "finished",
  // "failed" or "not begun".
  std::string state;
  // Reasons for the state: what the node waits for, which worker runs it, or how it ended.
  std::vector<std::string> reasons;
  // Earlier attempts that failed or were lost, oldest first.
  std::vector<AttemptFailure> earlier;
  // The output, if the node failed.
  OutputTail output;
};

struct Explanation {
  WorkflowStatus status = WorkflowStatus::kRunning;
  // Reasons why the workflow waits, or how it ended.
  std::vector<std::string> reasons;
  // The node at the location, and the tasks in it, or in the workflow, that wait, run or have
  // failed.
  std::vector<NodeExplanation> nodes;
  // More nodes match than those in `nodes`.
  bool has_more = false;
};

}  // namespace orrery::model
