#include "controller/engine/workflow/frame_table.h"

#include <algorithm>

#include "base/check.h"

namespace orrery::engine {

FrameIndex FrameTable::Open(Body body, NodeRef parent, graph::LocationStep step,
                            GraphCache& graphs) {
  const bool is_root = parent.frame == kNoFrame;
  auto index = static_cast<FrameIndex>(frames_.size());
  if (free_.empty()) {
    frames_.emplace_back();
  } else {
    index = free_.back();
    free_.pop_back();
  }
  if (!is_root) frames_[parent.frame].children[{parent.node, NumberOf(step)}] = index;

  if (graphs_in_use_.insert(body.graph->digest()).second) graphs.Use(body.graph);
  Frame& frame = frames_[index];
  frame.body = std::move(body);
  frame.parent = parent;
  frame.step = step;
  frame.depth = is_root ? 0 : frames_[parent.frame].depth + 1;
  const CompiledGraph& graph = frame.graph();
  frame.states.assign(graph.node_count(), NodeState::kIdle);
  frame.missing.assign(graph.node_count(), 0);
  frame.values.assign(graph.port_count(), nullptr);
  frame.bytes = 0;
  AddBytes(index, sizeof(Frame) + graph.frame_bytes());
  return index;
}

void FrameTable::Close(FrameIndex index) {
  Frame& frame = frames_[index];
  CHECK(frame.children.empty());
  if (frame.parent.frame != kNoFrame) {
    frames_[frame.parent.frame].children.erase({frame.parent.node, NumberOf(frame.step)});
  }
  // The vectors keep their memory for the next frame.
  frame.body = {};
  frame.states.clear();
  frame.values.clear();
  frame.elements.clear();
  bytes_ -= frame.bytes;
  free_.push_back(index);
}

void FrameTable::Clear(GraphCache& graphs) {
  frames_.clear();
  free_.clear();
  bytes_ = 0;
  for (const Digest& graph : std::exchange(graphs_in_use_, {})) graphs.Release(graph);
}

FrameTable::Search FrameTable::Find(const graph::Location& location) const {
  if (frames_.empty() || location.steps.empty()) return {};
  FrameIndex current = 0;
  std::size_t position = 0;
  while (true) {
    const graph::LocationStep& step = location.steps[position];
    const Frame& frame = frames_[current];
    if (step.kind != graph::StepKind::kNode || step.index < 0 ||
        static_cast<std::size_t>(step.index) >= frame.states.size()) {
      return {};
    }
    const NodeRef node{current, static_cast<NodeIndex>(step.index)};
    if (++position == location.steps.size()) return {.node = node, .closed = std::nullopt};
    std::int64_t number = 0;
    if (location.steps[position].kind != graph::StepKind::kNode) {
      number = location.steps[position].index;
      if (++position == location.steps.size()) return {};
    }
    const auto child = frame.children.find({node.node, number});
    if (child == frame.children.end()) {
      return {.node = std::nullopt, .closed = std::pair(node, number)};
    }
    current = child->second;
  }
}

graph::Location FrameTable::LocationOf(FrameIndex index) const {
  graph::Location location;
  for (FrameIndex current = index; frames_[current].parent.frame != kNoFrame;
       current = frames_[current].parent.frame) {
    const Frame& frame = frames_[current];
    if (frame.step.kind != graph::StepKind::kNode) location.steps.push_back(frame.step);
    location.steps.push_back({graph::StepKind::kNode, frame.parent.node});
  }
  std::ranges::reverse(location.steps);
  return location;
}

graph::Location FrameTable::LocationOf(NodeRef node) const {
  graph::Location location = LocationOf(node.frame);
  location.steps.push_back({graph::StepKind::kNode, node.node});
  return location;
}

void FrameTable::ForEach(absl::FunctionRef<void(FrameIndex)> visit) const {
  if (!frames_.empty()) VisitFrom(0, visit);
}

void FrameTable::VisitFrom(FrameIndex index, absl::FunctionRef<void(FrameIndex)> visit) const {
  visit(index);
  for (const auto& [place, child] : frames_[index].children) VisitFrom(child, visit);
}

std::vector<NodeRef> FrameTable::NodesIn(NodeState state) const {
  std::vector<NodeRef> nodes;
  ForEach([&](FrameIndex index) {
    const std::vector<NodeState>& states = frames_[index].states;
    for (NodeIndex node = 0; node < states.size(); ++node) {
      if (states[node] == state) nodes.push_back({index, node});
    }
  });
  return nodes;
}

}  // namespace orrery::engine
