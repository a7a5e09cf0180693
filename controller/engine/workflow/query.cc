// The questions one can ask of a workflow; workflow.cc holds what changes it.
#include <algorithm>
#include <functional>

#include "base/check.h"
#include "controller/engine/workflow/workflow.h"
#include "fmt/format.h"
#include "model/submission.h"
#include "model/workflow.h"

namespace orrery::engine {
namespace {

// Whether the instance of a node, which is not open, may still be opened.
bool MayOpen(const Frame& frame, NodeIndex node, std::int64_t instance) {
  if (frame.states[node] == NodeState::kFinished || frame.states[node] == NodeState::kFailed) {
    return false;
  }
  if (const auto loop = frame.loops.find(node); loop != frame.loops.end()) {
    return instance > loop->second.iteration;
  }
  if (const auto map = frame.maps.find(node); map != frame.maps.end()) {
    return instance >= static_cast<std::int64_t>(map->second.opened);
  }
  return true;
}

}  // namespace

Place Workflow::Locate(const graph::Location& location) const {
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
    const auto node = static_cast<NodeIndex>(step.index);
    if (++position == location.steps.size())
      return {.node = NodeRef{current, node}, .may_come = true};
    std::int64_t instance = 0;
    if (location.steps[position].kind != graph::StepKind::kNode) {
      instance = location.steps[position].index;
      if (++position == location.steps.size()) return {};
    }
    const auto child = frame.children.find({node, instance});
    if (child == frame.children.end()) {
      return {.node = std::nullopt, .may_come = MayOpen(frame, node, instance)};
    }
    current = child->second;
  }
}

graph::Location Workflow::FrameLocation(FrameIndex index) const {
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

graph::Location Workflow::LocationOf(NodeRef node) const {
  graph::Location location = FrameLocation(node.frame);
  location.steps.push_back({graph::StepKind::kNode, node.node});
  return location;
}

std::vector<graph::ValuePtr> Workflow::InputsOf(NodeRef node) const {
  const Frame& frame = frames_[node.frame];
  const auto wires = frame.graph().wires(node.node).first(frame.graph().input_count(node.node));
  std::vector<graph::ValuePtr> inputs;
  inputs.reserve(wires.size());
  for (const CompiledGraph::Wire& wire : wires) inputs.push_back(frame.values[wire.source]);
  return inputs;
}

std::string_view Workflow::FunctionNameOf(NodeRef node) const {
  const graph::NodeKind& kind = frames_[node.frame].graph().graph().nodes[node.node].kind;
  const auto* function = std::get_if<graph::FunctionNode>(&kind);
  return function == nullptr ? graph::KindName(kind) : std::string_view(function->function_name);
}

std::vector<NodeRef> Workflow::NodesIn(NodeState state) const {
  std::vector<NodeRef> nodes;
  if (frames_.empty()) return nodes;
  const std::function<void(FrameIndex)> visit = [&](FrameIndex index) {
    const Frame& frame = frames_[index];
    for (NodeIndex node = 0; node < frame.states.size(); ++node) {
      if (frame.states[node] == state) nodes.push_back({index, node});
    }
    for (const auto& [place, child] : frame.children) visit(child);
  };
  visit(0);
  return nodes;
}

std::vector<NodeRef> Workflow::ReadyNodes() const { return NodesIn(NodeState::kReady); }

graph::FailurePolicy Workflow::PolicyOf(NodeRef node) const {
  const graph::NodeKind& kind = frames_[node.frame].graph().graph().nodes[node.node].kind;
  const auto& function = std::get<graph::FunctionNode>(kind);
  graph::FailurePolicy policy = function.policy;
  if (rules_.policies.empty()) return policy;
  for (const std::string_view task : {graph::kAllTasks, std::string_view(function.function_name)}) {
    const auto rule = rules_.policies.find(task);
    if (rule != rules_.policies.end()) policy = graph::Combine(rule->second, policy);
  }
  return policy;
}

bool Workflow::IsRunAgain(NodeRef node) const {
  return reuse_.location.has_value() && LocationOf(node).IsIn(*reuse_.location);
}

std::vector<NodeRef> Workflow::OpenNodesIn(const graph::Location& location) const {
  std::vector<NodeRef> nodes;
  for (const NodeState state : {NodeState::kReady, NodeState::kRunning, NodeState::kWaiting}) {
    for (const NodeRef node : NodesIn(state)) {
      if (location.steps.empty() || LocationOf(node).IsIn(location)) nodes.push_back(node);
    }
  }
  std::ranges::sort(nodes);
  return nodes;
}

absl::Status Workflow::CheckInvariants() const {
  const auto broken = [&](std::string what) {
    return absl::InternalError(fmt::format("workflow {}: {}", id_.ToString(), what));
  };
  if (is_settled()) {
    if (!frames_.empty()) return broken("settled, yet it has frames");
    if (counts_.ready + counts_.running != 0) return broken("settled, yet nodes are counted open");
    return absl::OkStatus();
  }
  model::NodeCounts open;
  for (const Frame& frame : frames_) {
    if (frame.body.graph == nullptr) continue;
    for (NodeIndex node = 0; node < frame.states.size(); ++node) {
      const NodeState state = frame.states[node];
      if (state == NodeState::kReady) ++open.ready;
      if (state == NodeState::kRunning) ++open.running;
      if (state == NodeState::kBlocked && frame.missing[node] == 0 && startable_.empty() &&
          !reuse_.node.has_value()) {
        return broken(fmt::format("node {} is blocked by nothing", node));
      }
      const auto child = frame.children.lower_bound({node, 0});
      const bool has_child = child != frame.children.end() && child->first.first == node;
      const auto map = frame.maps.find(node);
      const bool may_expand = map != frame.maps.end() && map->second.opened < map->second.count;
      if ((state == NodeState::kUnfolded) != (has_child || may_expand)) {
        return broken(fmt::format("node {} and its instances disagree", node));
      }
    }
  }
  if (open.ready != counts_.ready || open.running != counts_.running) {
    return broken(fmt::format("counts {} ready and {} running, has {} and {}", counts_.ready,
                              counts_.running, open.ready, open.running));
  }
  return absl::OkStatus();
}

void Workflow::AppendState(std::string& out) const {
  const auto append_value = [&](const graph::ValuePtr& value) {
    out += value == nullptr ? std::string("-") : graph::ContentDigest(*value).ToHex();
    out += '\n';
  };
  out += fmt::format("workflow {} {} status {} finished {} failed {}\n", number_.value(),
                     id_.ToString(), static_cast<int>(status_), counts_.finished, counts_.failed);
  if (is_paused_) out += "paused\n";
  if (counts_.cached > 0) out += fmt::format("cached {}\n", counts_.cached);
  if (cache_mode_ != model::CacheMode::kUse) {
    out += fmt::format("cache mode {}\n", static_cast<int>(cache_mode_));
  }
  for (const graph::NamedValue& output : outputs_) append_value(output.value);
  for (const auto& [location, trace] : traces_) {
    out += fmt::format("trace {} {} {}\n", location.ToString(), trace.name, trace.iterations);
  }
  if (frames_.empty()) return;
  const std::function<void(FrameIndex)> visit = [&](FrameIndex index) {
    const Frame& frame = frames_[index];
    out += fmt::format("frame {} {}\n", FrameLocation(index).ToString(),
                       frame.graph().digest().ToHex());
    for (const NodeState state : frame.states) {
      const NodeState same = state == NodeState::kRunning ? NodeState::kReady : state;
      out += static_cast<char>('0' + static_cast<int>(same));
    }
    out += '\n';
    for (const graph::ValuePtr& value : frame.values) append_value(value);
    for (const auto& [port, list] : frame.elements) {
      out += fmt::format("elements {} {}\n", port, list->size());
    }
    for (const auto& [node, loop] : frame.loops) {
      out += fmt::format("loop {} iteration {}\n", node, loop.iteration);
    }
    for (const auto& [node, map] : frame.maps) {
      out += fmt::format("map {} finished {} of {}\n", node, map.finished, map.count);
    }
    for (const auto& [place, child] : frame.children) visit(child);
  };
  visit(0);
}

}  // namespace orrery::engine
