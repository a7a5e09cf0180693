#include "controller/engine/pending/ready_queue.h"

#include <algorithm>
#include <utility>

namespace orrery::engine {

void ReadyQueue::Push(ReadyNode node, QueueEntry entry) {
  (entry == QueueEntry::kReturned ? returned_ : new_)[node.workflow].push_back(node.node);
}

WorkflowNumber ReadyQueue::NextTurn() const {
  // Those with a number beyond the last one's come before those that begin a new round.
  const auto distance = [this](const ByWorkflow::const_iterator& turn) {
    return std::pair(turn->first <= last_served_, turn->first);
  };
  const auto next = [this](const ByWorkflow& queues) {
    const auto turn = queues.upper_bound(last_served_);
    return turn == queues.end() ? queues.begin() : turn;
  };
  if (returned_.empty()) return next(new_)->first;
  if (new_.empty()) return next(returned_)->first;
  return std::min(distance(next(returned_)), distance(next(new_))).second;
}

std::optional<ReadyNode> ReadyQueue::Pop() {
  if (empty()) return std::nullopt;
  last_served_ = NextTurn();
  auto turn = returned_.find(last_served_);
  ByWorkflow& queues = turn == returned_.end() ? new_ : returned_;
  if (turn == returned_.end()) turn = new_.find(last_served_);

  const ReadyNode node{turn->first, turn->second.front()};
  turn->second.pop_front();
  if (turn->second.empty()) queues.erase(turn);
  return node;
}

bool ReadyQueue::Remove(const ReadyNode& node) {
  for (ByWorkflow* queues : {&returned_, &new_}) {
    const auto it = queues->find(node.workflow);
    if (it == queues->end()) continue;
    const auto place = std::ranges::find(it->second, node.node);
    if (place == it->second.end()) continue;
    it->second.erase(place);
    if (it->second.empty()) queues->erase(it);
    return true;
  }
  return false;
}

void ReadyQueue::RemoveWorkflow(WorkflowNumber workflow) {
  returned_.erase(workflow);
  new_.erase(workflow);
}

std::deque<NodeRef> ReadyQueue::TakeAll(WorkflowNumber workflow) {
  std::deque<NodeRef> nodes;
  for (ByWorkflow* queues : {&returned_, &new_}) {
    const auto it = queues->find(workflow);
    if (it == queues->end()) continue;
    nodes.insert(nodes.end(), it->second.begin(), it->second.end());
    queues->erase(it);
  }
  return nodes;
}

std::size_t ReadyQueue::CountOf(WorkflowNumber workflow) const {
  std::size_t count = 0;
  for (const ByWorkflow* queues : {&returned_, &new_}) {
    const auto it = queues->find(workflow);
    if (it != queues->end()) count += it->second.size();
  }
  return count;
}

}  // namespace orrery::engine
