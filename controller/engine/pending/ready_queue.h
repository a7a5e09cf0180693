// Function nodes of one task that wait for a worker: fair between workflows, oldest first within
// one.
//
// Threading: confined to the engine's thread.
#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <optional>

#include "controller/engine/ids.h"
#include "controller/engine/workflow/frame.h"

namespace orrery::engine {

struct ReadyNode {
  WorkflowNumber workflow;
  NodeRef node;

  friend auto operator<=>(const ReadyNode&, const ReadyNode&) = default;
};

class ReadyQueue {
 public:
  ReadyQueue() = default;
  ReadyQueue(const ReadyQueue&) = delete;
  ReadyQueue& operator=(const ReadyQueue&) = delete;

  void Push(ReadyNode node);
  // The oldest node of the workflow whose turn it is; nothing if the queue is empty. Workflows take
  // turns in the order of their numbers.
  std::optional<ReadyNode> Pop();
  // Whether it was there.
  bool Remove(const ReadyNode& node);
  void RemoveWorkflow(WorkflowNumber workflow);
  // All of the workflow, oldest first.
  std::deque<NodeRef> TakeAll(WorkflowNumber workflow);

  bool empty() const { return by_workflow_.empty(); }
  std::size_t CountOf(WorkflowNumber workflow) const;

 private:
  std::map<WorkflowNumber, std::deque<NodeRef>> by_workflow_;  // No empty entries.
  WorkflowNumber last_served_{0};
};

}  // namespace orrery::engine
