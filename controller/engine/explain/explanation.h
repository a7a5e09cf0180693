// Why a workflow, or a node of it, stands where it stands.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "controller/engine/attempt_failure.h"
#include "controller/engine/outcome.h"
#include "controller/engine/reuse/history.h"
#include "graph/location.h"

namespace orrery::engine {

struct NodeExplanation {
  graph::Location location;
  std::string function_name;
  // "blocked", "ready", "running", "loading", "storing", "waiting", "unfolded", "finished",
  // "failed", or "not begun".
  std::string state;
  // Why it waits, who runs it, or how it ended; one reason a line.
  std::vector<std::string> reasons;
  // Attempts that failed or were lost before, oldest first: why it ran again.
  std::vector<AttemptFailure> earlier;
  // If it failed: the end of what was written meanwhile.
  OutputTail output;
};

// Nodes that one explanation names.
inline constexpr std::size_t kExplainedNodesMax = 100;

struct Explanation {
  // Why the workflow waits, or how it ended.
  std::vector<std::string> reasons;
  // The node that was asked about; for a workflow, or an eval, loop or map, the tasks in it that
  // wait, run or have failed.
  std::vector<NodeExplanation> nodes;
  // There are more than kExplainedNodesMax.
  bool has_more = false;
};

// Adds what the journal has about the node at the location: who ended it, and what went before.
void Complete(const History& history, const graph::Location& location, Explanation& explanation);

}  // namespace orrery::engine
