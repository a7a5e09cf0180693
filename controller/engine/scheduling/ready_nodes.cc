#include "controller/engine/scheduling/ready_nodes.h"

#include <algorithm>
#include <iterator>

#include "base/check.h"

namespace orrery::engine {
namespace {

// Sorts before every node of the workflow.
ReadyNode FirstOf(WorkflowNumber workflow) { return {workflow, {.frame = 0, .node = 0}}; }

}  // namespace

void ReadyNodes::Queue(TaskKindId kind, const ReadyNode& node, QueueEntry entry,
                       std::optional<absl::Time> deadline) {
  Push(kind, node, entry);
  if (deadline.has_value()) deadlines_.Set(node, *deadline);
}

void ReadyNodes::Push(TaskKindId kind, const ReadyNode& node, QueueEntry entry) {
  const auto [queue, is_new] = queues_.try_emplace(kind);
  queue->second.Push(node, entry);
  kinds_of_[node.workflow].insert(kind);
  if (is_new) on_queue_changed_(kind, true);
}

void ReadyNodes::EraseIfEmpty(Queues::iterator queue) {
  if (!queue->second.empty()) return;
  const TaskKindId kind = queue->first;
  queues_.erase(queue);
  on_queue_changed_(kind, false);
}

std::vector<ReadyNodes::Queues::const_iterator> ReadyNodes::QueuesOf(
    WorkflowNumber workflow) const {
  std::vector<Queues::const_iterator> queues;
  const auto kinds = kinds_of_.find(workflow);
  if (kinds == kinds_of_.end()) return queues;
  for (const TaskKindId kind : kinds->second) {
    if (const auto queue = queues_.find(kind); queue != queues_.end()) queues.push_back(queue);
  }
  return queues;
}

void ReadyNodes::Redistribute(TaskKindId kind,
                              const std::function<TaskKindId(const ReadyNode& node)>& kind_of) {
  const auto queue = queues_.find(kind);
  if (queue == queues_.end()) return;
  for (const auto& [node, entry] : queue->second.TakeAll()) {
    const TaskKindId to = kind_of(node);
    // It stays in its own queue until the last one has moved, so that the kind is not gone before.
    Push(to, node, entry);
  }
  EraseIfEmpty(queue);
}

void ReadyNodes::Hold(const ReadyNode& node, ReadyPlace place) {
  CHECK(!std::holds_alternative<Queued>(place));
  if (const auto* delayed = std::get_if<Delayed>(&place)) delays_.Set(node, delayed->until);
  if (const auto* alone = std::get_if<Alone>(&place); alone != nullptr && alone->deadline) {
    deadlines_.Set(node, *alone->deadline);
  }
  held_[place.index()].insert(node);
  const bool is_new = places_.emplace(node, place).second;
  CHECK(is_new);
}

bool ReadyNodes::Unhold(const ReadyNode& node) {
  const auto it = places_.find(node);
  if (it == places_.end()) return false;
  held_[it->second.index()].erase(node);
  if (std::holds_alternative<Delayed>(it->second)) delays_.Clear(node);
  if (std::holds_alternative<Alone>(it->second)) deadlines_.Clear(node);
  places_.erase(it);
  return true;
}

void ReadyNodes::Remove(const ReadyNode& node, std::optional<TaskKindId> kind) {
  if (Unhold(node) || !kind.has_value()) return;
  const auto queue = queues_.find(*kind);
  if (queue == queues_.end()) return;
  queue->second.Remove(node);
  deadlines_.Clear(node);
  EraseIfEmpty(queue);
}

void ReadyNodes::RemoveWorkflow(WorkflowNumber workflow) {
  for (const auto found : QueuesOf(workflow)) {
    const auto queue = queues_.find(found->first);
    queue->second.RemoveWorkflow(workflow);
    EraseIfEmpty(queue);
  }
  kinds_of_.erase(workflow);
  deadlines_.ClearWorkflow(workflow);
  for (auto it = places_.lower_bound(FirstOf(workflow));
       it != places_.end() && it->first.workflow == workflow;) {
    held_[it->second.index()].erase(it->first);
    it = places_.erase(it);
  }
  delays_.ClearWorkflow(workflow);
}

ReadyPlace ReadyNodes::PlaceOf(const ReadyNode& node) const {
  const auto it = places_.find(node);
  return it == places_.end() ? ReadyPlace(Queued()) : it->second;
}

ReadyNode ReadyNodes::Pop(TaskKindId kind) {
  const auto queue = queues_.find(kind);
  CHECK(queue != queues_.end());
  const ReadyNode node = *queue->second.Pop();
  EraseIfEmpty(queue);
  deadlines_.Clear(node);
  return node;
}

std::vector<ReadyNode> ReadyNodes::TakeQueued(WorkflowNumber workflow) {
  std::vector<ReadyNode> taken;
  for (const auto found : QueuesOf(workflow)) {
    const auto queue = queues_.find(found->first);
    for (const NodeRef node : queue->second.TakeAll(workflow)) taken.push_back({workflow, node});
    EraseIfEmpty(queue);
  }
  kinds_of_.erase(workflow);
  deadlines_.ClearWorkflow(workflow);
  return taken;
}

std::vector<std::pair<TaskKindId, std::size_t>> ReadyNodes::CountQueued(
    WorkflowNumber workflow) const {
  std::vector<std::pair<TaskKindId, std::size_t>> counts;
  for (const auto queue : QueuesOf(workflow)) {
    if (const std::size_t count = queue->second.CountOf(workflow); count > 0) {
      counts.emplace_back(queue->first, count);
    }
  }
  return counts;
}

std::size_t ReadyNodes::CountHeldAt(std::size_t place, WorkflowNumber workflow) const {
  const auto& nodes = held_[place];
  const auto first = nodes.lower_bound(FirstOf(workflow));
  const auto last = std::find_if(first, nodes.end(),
                                 [&](const ReadyNode& node) { return node.workflow != workflow; });
  return static_cast<std::size_t>(std::distance(first, last));
}

std::optional<ReadyNode> ReadyNodes::PopHeldAt(std::size_t place,
                                               std::optional<WorkflowNumber> workflow) {
  const auto& nodes = held_[place];
  const auto it = workflow.has_value() ? nodes.lower_bound(FirstOf(*workflow)) : nodes.begin();
  if (it == nodes.end() || (workflow.has_value() && it->workflow != *workflow)) return std::nullopt;
  const ReadyNode node = *it;
  Unhold(node);
  return node;
}

std::vector<ReadyNode> ReadyNodes::TakeHeldAt(std::size_t place,
                                              std::optional<WorkflowNumber> workflow) {
  const std::set<ReadyNode>& nodes = held_[place];
  std::vector<ReadyNode> taken;
  auto it = workflow.has_value() ? nodes.lower_bound(FirstOf(*workflow)) : nodes.begin();
  for (; it != nodes.end() && (!workflow.has_value() || it->workflow == *workflow); ++it) {
    taken.push_back(*it);
  }
  for (const ReadyNode& node : taken) Unhold(node);
  return taken;
}

std::optional<ReadyNode> ReadyNodes::PopDelayed(absl::Time now) {
  const std::optional<ReadyNode> node = delays_.PopDue(now);
  if (node.has_value()) Unhold(*node);
  return node;
}

absl::Time ReadyNodes::next_time() const { return std::min(delays_.next(), deadlines_.next()); }

std::size_t ReadyNodes::CountOf(WorkflowNumber workflow) const {
  std::size_t count = 0;
  for (const auto queue : QueuesOf(workflow)) count += queue->second.CountOf(workflow);
  for (auto it = places_.lower_bound(FirstOf(workflow));
       it != places_.end() && it->first.workflow == workflow; ++it) {
    ++count;
  }
  return count;
}

}  // namespace orrery::engine
