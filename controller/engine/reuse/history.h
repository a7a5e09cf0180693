// The outcomes that a workflow left in the journal, for another run of the same graph.
//
// Threading: functions without state.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "controller/engine/ids.h"
#include "controller/engine/record.h"
#include "graph/location.h"
#include "model/attempt_failure.h"

namespace orrery::engine {

struct History {
  std::optional<WorkflowSubmitted> submitted;
  // The accepted outcomes, by where they were made.
  std::map<graph::Location, NodeFinished> finished;
  std::map<graph::Location, NodeFailed> failed;
  // Attempts that failed or were lost, oldest first, at most kAttemptFailures a node.
  std::map<graph::Location, std::vector<model::AttemptFailure>> troubles;

  // Nodes whose task takes effect at most once, and that were given to a worker.
  std::set<graph::Location> started;

  // Returns true if a task ended at the location, or inside it.
  bool HasRunIn(const graph::Location& location) const;
};

// Names a call: the function, and the digest of its inputs.
Digest CallDigest(std::string_view function_name, const Digest& inputs);

// Takes in what the record says of the workflow, if it says anything.
void Collect(const Record& record, WorkflowNumber number, History& history);

}  // namespace orrery::engine
