#include "controller/engine/scheduling/node_alarms.h"

namespace orrery::engine {

void NodeAlarms::Set(const ReadyNode& node, absl::Time at) {
  Clear(node);
  by_node_[node] = at;
  by_time_.emplace(at, node);
}

bool NodeAlarms::Clear(const ReadyNode& node) {
  const auto it = by_node_.find(node);
  if (it == by_node_.end()) return false;
  by_time_.erase({it->second, node});
  by_node_.erase(it);
  return true;
}

void NodeAlarms::ClearWorkflow(WorkflowNumber workflow) {
  auto it = by_node_.lower_bound({.workflow = workflow, .node = {.frame = 0, .node = 0}});
  while (it != by_node_.end() && it->first.workflow == workflow) {
    by_time_.erase({it->second, it->first});
    it = by_node_.erase(it);
  }
}

std::optional<ReadyNode> NodeAlarms::PopDue(absl::Time now) {
  if (next() > now || by_time_.empty()) return std::nullopt;
  const ReadyNode node = by_time_.begin()->second;
  Clear(node);
  return node;
}

std::optional<absl::Time> NodeAlarms::Find(const ReadyNode& node) const {
  const auto it = by_node_.find(node);
  if (it == by_node_.end()) return std::nullopt;
  return it->second;
}

}  // namespace orrery::engine
