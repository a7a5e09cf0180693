// Ready tasks that are kept out of the queues for a while, and why.
//
// Invariant: a node is held for one reason at a time.
//
// Threading: confined to the engine's thread.
#pragma once

#include <cstddef>
#include <set>
#include <vector>

#include "controller/engine/ids.h"
#include "controller/engine/pending/node_alarms.h"
#include "controller/engine/pending/ready_queue.h"

namespace orrery::engine {

struct HeldNodes {
  // A worker from before the controller's restart may have them.
  std::vector<ReadyNode> recovering;
  // Their workflow is paused.
  std::set<ReadyNode> paused;
  // Their last attempt failed; they are tried again at that time.
  NodeAlarms delayed;
  // The cache has their outcome, which is about to be taken over.
  std::set<ReadyNode> cached;
  // They take effect at most once, and an attempt whose worker is gone may have run: about to fail.
  std::set<ReadyNode> uncertain;

  // Whether it was held.
  bool Remove(const ReadyNode& node);
  void RemoveWorkflow(WorkflowNumber workflow);
  // Those of the workflow that were paused, which no longer are held.
  std::vector<ReadyNode> TakePaused(WorkflowNumber workflow);
  std::size_t CountOf(WorkflowNumber workflow) const;
  std::size_t CountPaused(WorkflowNumber workflow) const;
  std::size_t CountDelayed(WorkflowNumber workflow) const;
};

}  // namespace orrery::engine
