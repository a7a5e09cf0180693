// The nodes that can start: those that are demanded and whose inputs are available.
//
// A node is demanded if the output node, or a side effect, needs it. A lazy if-else demands its
// predicate first, and then one of its branches.
//
// Threading: confined to the engine's thread.
#pragma once

#include <deque>

#include "controller/engine/workflow/frame_table.h"

namespace orrery::engine {

class StartableNodes {
 public:
  // `frames` outlives this.
  explicit StartableNodes(FrameTable& frames) : frames_(frames) {}
  StartableNodes(const StartableNodes&) = delete;
  StartableNodes& operator=(const StartableNodes&) = delete;

  // Marks `node`, and every node that it needs, as demanded.
  void Demand(NodeRef node);
  // A lazy if-else has chosen the branch, whose node has not finished: demands that node.
  void DemandBranch(NodeRef if_else, PortIndex branch);
  // `node` has finished: unblocks the nodes that read its outputs.
  void UnblockConsumers(NodeRef node);

  // Adds a node that was removed, or that waited for bytes.
  void Push(NodeRef node) { nodes_.push_back(node); }
  // Removes the first node. Requires that there is one.
  NodeRef Pop() {
    const NodeRef node = nodes_.front();
    nodes_.pop_front();
    return node;
  }
  bool empty() const { return nodes_.empty(); }
  void Clear() { nodes_.clear(); }

 private:
  void Unblock(NodeRef node);

  FrameTable& frames_;
  std::deque<NodeRef> nodes_;
};

}  // namespace orrery::engine
