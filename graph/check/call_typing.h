// The types of a call: what comes out of a task, and what does not fit, given what goes in.
//
// Threading: thread-compatible.
#pragma once

#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/node_hash_map.h"
#include "graph/check/edge.h"
#include "graph/check/flow_table.h"
#include "graph/check/step_budget.h"
#include "graph/task.h"

namespace orrery::graph {

struct PortMismatch {
  std::string_view port;
  Mismatch mismatch;
};

struct CallTypes {
  const Ports* outputs = nullptr;
  std::vector<PortMismatch> mismatches;
};

class CallTyping {
 public:
  // Both outlive it.
  CallTyping(FlowTable& flows, StepBudget& budget) : flows_(flows), budget_(budget) {}

  // Found once for a task and the same arguments. `task` outlives it; the result lives as long as
  // it does. Ports that are not wired, or do not exist, are not looked at.
  const CallTypes& Find(const TaskSpec& task, const Ports* arguments);

 private:
  CallTypes Infer(const TaskSpec& task, const Ports& arguments);

  FlowTable& flows_;
  StepBudget& budget_;
  // Lookup only.
  absl::node_hash_map<std::pair<const TaskSpec*, const Ports*>, CallTypes> calls_;
};

}  // namespace orrery::graph
