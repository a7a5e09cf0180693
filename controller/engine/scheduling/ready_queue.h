// Function nodes of one task that wait for a worker: fair between workflows; within one, first
// those that were taken back from a worker, as they have waited before, then the others, oldest
// first.
//
// Threading: confined to the engine's thread.
#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "controller/engine/ids.h"
#include "controller/engine/workflow/frame.h"

namespace orrery::engine {

struct ReadyNode {
  WorkflowNumber workflow;
  NodeRef node;

  friend auto operator<=>(const ReadyNode&, const ReadyNode&) = default;
};

enum class QueueEntry {
  kNew,
  kReturned,  // Taken back from a worker.
};

class ReadyQueue {
 public:
  ReadyQueue() = default;
  ReadyQueue(const ReadyQueue&) = delete;
  ReadyQueue& operator=(const ReadyQueue&) = delete;

  void Push(ReadyNode node, QueueEntry entry = QueueEntry::kNew);
  // The next node of the workflow whose turn it is; nothing if the queue is empty. Workflows take
  // turns in the order of their numbers.
  std::optional<ReadyNode> Pop();
  // Returns true if the node was there.
  bool Remove(const ReadyNode& node);
  void RemoveWorkflow(WorkflowNumber workflow);
  // All of the workflow, in their order.
  std::deque<NodeRef> TakeAll(WorkflowNumber workflow);
  // All, by workflow and in their order.
  std::vector<std::pair<ReadyNode, QueueEntry>> TakeAll();

  bool empty() const { return by_workflow_.empty(); }
  std::size_t CountOf(WorkflowNumber workflow) const;

 private:
  // Of one workflow.
  struct Nodes {
    std::deque<NodeRef> returned;
    std::deque<NodeRef> fresh;

    std::size_t size() const { return returned.size() + fresh.size(); }
  };

  std::map<WorkflowNumber, Nodes> by_workflow_;  // No empty entries.
  WorkflowNumber last_served_{0};
};

}  // namespace orrery::engine
