// Decides whether a node that was checked against one signature of a task can run another.
//
// Threading: functions without state.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "graph/task.h"

namespace orrery::graph {

// The ports that a node uses.
struct UsedPorts {
  std::vector<std::string_view> inputs;
  std::vector<std::string_view> outputs;
};

// Returns why a node that uses these ports cannot run the task as it is `offered`; empty if it can.
// `checked` is the task that the node was checked against: whatever that accepts must be accepted,
// and what is made must be what that makes. Null: only the names of the ports count.
std::string WhyUnfit(const TaskSpec& offered, const TaskSpec* checked, const UsedPorts& used);

}  // namespace orrery::graph
