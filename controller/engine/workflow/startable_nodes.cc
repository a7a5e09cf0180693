#include "controller/engine/workflow/startable_nodes.h"

#include <algorithm>
#include <vector>

#include "controller/engine/workflow/steering.h"

namespace orrery::engine {
namespace {

// In Frame::missing: a lazy if-else knows its predicate and waits for its branch.
constexpr std::uint32_t kBranchMissing = 2;

}  // namespace

void StartableNodes::Demand(NodeRef node) {
  Frame& frame = frames_[node.frame];
  const CompiledGraph& graph = frame.graph();
  std::vector<NodeIndex> stack = {node.node};
  std::vector<NodeIndex> startable;
  while (!stack.empty()) {
    const NodeIndex current = stack.back();
    stack.pop_back();
    if (frame.states[current] != NodeState::kIdle) continue;
    frame.states[current] = NodeState::kBlocked;
    auto wires = graph.wires(current);
    if (graph.op(current) == NodeOp::kIfElse) wires = graph.steering(current).first(1);
    for (const CompiledGraph::Wire& wire : wires) {
      if (frame.is_available(wire.source)) continue;
      ++frame.missing[current];
      stack.push_back(static_cast<NodeIndex>(graph.producer(wire.source)));
    }
    if (frame.missing[current] == 0) startable.push_back(current);
  }
  // In the order of the graph, not in that of the search.
  std::ranges::sort(startable);
  for (const NodeIndex current : startable) nodes_.push_back({node.frame, current});
}

void StartableNodes::DemandBranch(NodeRef if_else, PortIndex branch) {
  Frame& frame = frames_[if_else.frame];
  frame.missing[if_else.node] = kBranchMissing;
  Demand({if_else.frame, static_cast<NodeIndex>(frame.graph().producer(branch))});
}

void StartableNodes::UnblockConsumers(NodeRef node) {
  const CompiledGraph& graph = frames_[node.frame].graph();
  for (const PortIndex port : graph.outputs(node.node)) {
    for (const NodeIndex consumer : graph.consumers(port)) Unblock({node.frame, consumer});
  }
}

void StartableNodes::Unblock(NodeRef node) {
  Frame& frame = frames_[node.frame];
  if (frame.states[node.node] != NodeState::kBlocked || frame.missing[node.node] == 0) return;
  if (frame.graph().op(node.node) == NodeOp::kIfElse) {
    // Only the wire that it waits for counts: the predicate, and once that is known, the branch.
    const bool knows_branch = frame.missing[node.node] == kBranchMissing;
    const auto next = knows_branch
                          ? NextOfIfElse(frame, node.node)
                          : absl::StatusOr<PortIndex>(frame.graph().steering(node.node)[0].source);
    if (next.ok() && !frame.is_available(*next)) return;
    frame.missing[node.node] = 0;
  } else {
    --frame.missing[node.node];
  }
  if (frame.missing[node.node] == 0) nodes_.push_back(node);
}

}  // namespace orrery::engine
