#include "controller/engine/pending/ready_queue.h"

#include <algorithm>
#include <utility>

namespace orrery::engine {

void ReadyQueue::Push(ReadyNode node) { by_workflow_[node.workflow].push_back(node.node); }

std::optional<ReadyNode> ReadyQueue::Pop() {
  if (by_workflow_.empty()) return std::nullopt;
  auto turn = by_workflow_.upper_bound(last_served_);
  if (turn == by_workflow_.end()) turn = by_workflow_.begin();

  const ReadyNode node{turn->first, turn->second.front()};
  last_served_ = turn->first;
  turn->second.pop_front();
  if (turn->second.empty()) by_workflow_.erase(turn);
  return node;
}

bool ReadyQueue::Remove(const ReadyNode& node) {
  const auto it = by_workflow_.find(node.workflow);
  if (it == by_workflow_.end()) return false;
  const auto place = std::ranges::find(it->second, node.node);
  if (place == it->second.end()) return false;
  it->second.erase(place);
  if (it->second.empty()) by_workflow_.erase(it);
  return true;
}

void ReadyQueue::RemoveWorkflow(WorkflowNumber workflow) { by_workflow_.erase(workflow); }

std::deque<NodeRef> ReadyQueue::TakeAll(WorkflowNumber workflow) {
  const auto it = by_workflow_.find(workflow);
  if (it == by_workflow_.end()) return {};
  std::deque<NodeRef> nodes = std::move(it->second);
  by_workflow_.erase(it);
  return nodes;
}

std::size_t ReadyQueue::CountOf(WorkflowNumber workflow) const {
  const auto it = by_workflow_.find(workflow);
  return it == by_workflow_.end() ? 0 : it->second.size();
}

}  // namespace orrery::engine
