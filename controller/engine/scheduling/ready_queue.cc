#include "controller/engine/scheduling/ready_queue.h"

#include <utility>

namespace orrery::engine {

void ReadyQueue::Push(ReadyNode node, QueueEntry entry) {
  Nodes& nodes = by_workflow_[node.workflow];
  (entry == QueueEntry::kReturned ? nodes.returned : nodes.fresh).push_back(node.node);
}

std::optional<ReadyNode> ReadyQueue::Pop() {
  if (by_workflow_.empty()) return std::nullopt;
  auto turn = by_workflow_.upper_bound(last_served_);
  if (turn == by_workflow_.end()) turn = by_workflow_.begin();

  Nodes& nodes = turn->second;
  std::deque<NodeRef>& first = nodes.returned.empty() ? nodes.fresh : nodes.returned;
  const ReadyNode node{turn->first, first.front()};
  last_served_ = turn->first;
  first.pop_front();
  if (nodes.size() == 0) by_workflow_.erase(turn);
  return node;
}

bool ReadyQueue::Remove(const ReadyNode& node) {
  const auto it = by_workflow_.find(node.workflow);
  if (it == by_workflow_.end()) return false;
  Nodes& nodes = it->second;
  const bool was_there =
      std::erase(nodes.returned, node.node) + std::erase(nodes.fresh, node.node) > 0;
  if (nodes.size() == 0) by_workflow_.erase(it);
  return was_there;
}

void ReadyQueue::RemoveWorkflow(WorkflowNumber workflow) { by_workflow_.erase(workflow); }

std::deque<NodeRef> ReadyQueue::TakeAll(WorkflowNumber workflow) {
  const auto it = by_workflow_.find(workflow);
  if (it == by_workflow_.end()) return {};
  std::deque<NodeRef> all = std::move(it->second.returned);
  all.insert(all.end(), it->second.fresh.begin(), it->second.fresh.end());
  by_workflow_.erase(it);
  return all;
}

std::vector<std::pair<ReadyNode, QueueEntry>> ReadyQueue::TakeAll() {
  std::vector<std::pair<ReadyNode, QueueEntry>> all;
  for (const auto& [workflow, nodes] : std::exchange(by_workflow_, {})) {
    for (const NodeRef node : nodes.returned) {
      all.emplace_back(ReadyNode{workflow, node}, QueueEntry::kReturned);
    }
    for (const NodeRef node : nodes.fresh) {
      all.emplace_back(ReadyNode{workflow, node}, QueueEntry::kNew);
    }
  }
  return all;
}

std::size_t ReadyQueue::CountOf(WorkflowNumber workflow) const {
  const auto it = by_workflow_.find(workflow);
  return it == by_workflow_.end() ? 0 : it->second.size();
}

}  // namespace orrery::engine
