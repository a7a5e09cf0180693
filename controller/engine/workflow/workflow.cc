#include "controller/engine/workflow/workflow.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "fmt/format.h"
#include "model/outcome.h"
#include "model/workflow.h"

namespace orrery::engine {
namespace {

graph::ValuePtr FindValue(const model::Outputs& values, std::string_view name) {
  const auto it = std::ranges::find(values, name, &graph::NamedValue::name);
  return it == values.end() ? nullptr : it->value;
}

ElementListPtr FindElements(const std::vector<std::pair<std::string, ElementListPtr>>& elements,
                            std::string_view name) {
  const auto it = std::ranges::find(elements, name, &std::pair<std::string, ElementListPtr>::first);
  return it == elements.end() ? nullptr : it->second;
}

}  // namespace

Workflow::Workflow(WorkflowNumber number, Uuid id) : WorkflowState(number, id) {}

void Workflow::Start(Body body, const model::Submission& submission, Turn& turn) {
  rules_ = submission.failure_rules;
  cache_mode_ = submission.cache_mode;
  turn.events.push_back(
      WorkflowStarted{.id = id_, .name = submission.name, .at = turn.at, .source = reuse_.source});
  const std::vector<NodeIndex>& side_effects = submission.side_effects;
  targets_.insert(body.graph->output_node());
  targets_.insert(side_effects.begin(), side_effects.end());
  OpenFrame(std::move(body), /*parent=*/{}, /*step=*/{}, submission.inputs, turn);
  for (const NodeIndex node : side_effects) Demand({0, node});
}

void Workflow::BeginReuse(const Reuse& reuse) {
  reuse_.is_open = true;
  reuse_.source = reuse.source_id;
  reuse_.location = reuse.from;
}

void Workflow::EndReuse() {
  reuse_.is_open = false;
  if (reuse_.node.has_value()) startable_.push_back(*std::exchange(reuse_.node, std::nullopt));
}

void Workflow::Run(Turn& turn) {
  while (has_pending(turn.settings) && turn.steps_left > 0) {
    if (targets_.empty() && !is_failing()) {
      Settle(model::WorkflowStatus::kSucceeded, turn);
      return;
    }
    if (startable_.empty()) {
      OpenElement(expanding_.back(), turn);
      continue;
    }
    --turn.steps_left;
    const NodeRef node = startable_.front();
    startable_.pop_front();
    if (reuse_.is_open && reuse_.location.has_value() && LocationOf(node) == *reuse_.location) {
      reuse_.node = node;
      continue;
    }
    StartNode(node, turn);
  }
}

bool Workflow::has_pending(const Settings& settings) const {
  if (is_settled()) return false;
  const bool has_succeeded = targets_.empty() && !is_failing();
  return has_succeeded || !startable_.empty() || CanExpand(settings);
}

void Workflow::OpenFrame(Body body, NodeRef parent, graph::LocationStep step,
                         const model::Outputs& inputs, Turn& turn) {
  const FrameIndex index = NewFrame(std::move(body), parent, step, turn);
  frames_[index].Fill([&](std::string_view name) { return FindValue(inputs, name); });
  if (turn.settings.shows_nodes) ShowOpened(index, inputs, turn);
  Demand({index, frames_[index].graph().output_node()});
}

FrameIndex Workflow::NewFrame(Body body, NodeRef parent, graph::LocationStep step, Turn& turn) {
  const bool is_root = parent.frame == kNoFrame;
  auto index = static_cast<FrameIndex>(frames_.size());
  if (free_frames_.empty()) {
    frames_.emplace_back();
  } else {
    index = free_frames_.back();
    free_frames_.pop_back();
  }
  if (!is_root) {
    const std::int64_t instance = step.kind == graph::StepKind::kNode ? 0 : step.index;
    frames_[parent.frame].children[{parent.node, instance}] = index;
  }

  if (graphs_in_use_.insert(body.graph->digest()).second) turn.graphs.Use(body.graph);
  Frame& frame = frames_[index];
  frame.body = std::move(body);
  frame.parent = parent;
  frame.step = step;
  frame.depth = is_root ? 0 : frames_[parent.frame].depth + 1;
  const CompiledGraph& graph = frame.graph();
  frame.states.assign(graph.node_count(), NodeState::kIdle);
  frame.missing.assign(graph.node_count(), 0);
  frame.values.assign(graph.port_count(), nullptr);
  return index;
}

void Workflow::CloseFrame(FrameIndex index) {
  Frame& frame = frames_[index];
  CHECK(frame.children.empty());
  if (frame.parent.frame != kNoFrame) {
    const std::int64_t instance = frame.step.kind == graph::StepKind::kNode ? 0 : frame.step.index;
    frames_[frame.parent.frame].children.erase({frame.parent.node, instance});
  }
  // The vectors keep their memory for the next one.
  frame.body = {};
  frame.states.clear();
  frame.values.clear();
  frame.elements.clear();
  free_frames_.push_back(index);
}

void Workflow::Demand(NodeRef node) {
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
    // A lazy if-else needs its predicate first; then it asks for one of its branches.
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
  for (const NodeIndex current : startable) startable_.push_back({node.frame, current});
}

void Workflow::Unblock(NodeRef node) {
  Frame& frame = frames_[node.frame];
  if (frame.states[node.node] != NodeState::kBlocked || frame.missing[node.node] == 0) return;
  if (frame.graph().op(node.node) == NodeOp::kIfElse) {
    // Only the wire it waits for counts: the predicate, and once that is known, the branch.
    const bool knows_branch = frame.missing[node.node] == kBranchMissing;
    const auto next = knows_branch
                          ? NextOfIfElse(node)
                          : absl::StatusOr<PortIndex>(frame.graph().steering(node.node)[0].source);
    if (next.ok() && !frame.is_available(*next)) return;
    frame.missing[node.node] = 0;
  } else {
    --frame.missing[node.node];
  }
  if (frame.missing[node.node] == 0) startable_.push_back(node);
}

void Workflow::Deliver(NodeRef node, const model::Outputs& outputs, const MadeElements& elements,
                       Turn& turn) {
  Frame& frame = frames_[node.frame];
  const CompiledGraph& graph = frame.graph();
  ShowSettled(node, outputs, elements, turn);
  for (const PortIndex port : graph.outputs(node.node)) {
    const std::string_view name = graph.port_name(port);
    frame.values[port] = FindValue(outputs, name);
    if (ElementListPtr list = FindElements(elements, name)) frame.elements[port] = list;
  }
  End(node);
}

void Workflow::End(NodeRef node) {
  SetState(node, NodeState::kFinished);
  const CompiledGraph& graph = frames_[node.frame].graph();
  for (const PortIndex port : graph.outputs(node.node)) {
    for (const NodeIndex consumer : graph.consumers(port)) Unblock({node.frame, consumer});
  }
  if (node.frame == 0) targets_.erase(node.node);
}

void Workflow::Finish(NodeRef node, const NodeFinished& outcome, Turn& turn) {
  waiting_.erase(node);
  if (outcome.cache.has_value() && outcome.cache->source.has_value()) ++counts_.cached;
  Deliver(node, outcome.outputs, {}, turn);
}

void Workflow::Fail(NodeRef node, model::WorkflowFailure failure, Turn& turn) {
  waiting_.erase(node);
  loading_.erase(node);
  storing_.erase(node);
  SetState(node, NodeState::kFailed);
  turn.events.push_back(NodeSettled{.workflow = id_,
                                    .location = LocationOf(node),
                                    .graph = frames_[node.frame].body.graph,
                                    .node = node.node,
                                    .result = failure.error,
                                    .elements = {}});
  if (failures_.empty() || failures_.size() < turn.settings.failures_reported_max) {
    failures_.push_back(std::move(failure));
  }
}

void Workflow::AdmitFailure(model::WorkflowFailure failure, Turn& turn) {
  failures_.push_back(std::move(failure));
  if (!is_settled()) return;
  is_overruled_ = true;
  outputs_.clear();
  Settle(model::WorkflowStatus::kFailed, turn);
}

void Workflow::FailDerived(NodeRef node, std::string message, Turn& turn) {
  Fail(node,
       {.location = LocationOf(node),
        .function_name = std::string(FunctionNameOf(node)),
        .error = {.kind = model::TaskErrorKind::kInvalidValue, .message = std::move(message)}},
       turn);
}

void Workflow::Cancel(std::string reason, Turn& turn) {
  CHECK(!is_settled());
  cancel_reason_ = std::move(reason);
  Settle(model::WorkflowStatus::kCancelled, turn);
}

void Workflow::SettleFailed(Turn& turn) {
  CHECK(is_failing() && !is_settled());
  CHECK(counts_.running == 0);
  Settle(model::WorkflowStatus::kFailed, turn);
}

void Workflow::Settle(model::WorkflowStatus status, Turn& turn) {
  status_ = status;
  counts_.ready = 0;
  counts_.running = 0;
  frames_.clear();
  free_frames_.clear();
  startable_.clear();
  reuse_.node.reset();
  expanding_.clear();
  loading_.clear();
  storing_.clear();
  waiting_.clear();
  for (const Digest& graph : std::exchange(graphs_in_use_, {})) turn.graphs.Release(graph);
  turn.ready.clear();
  turn.events.push_back(WorkflowSettled{.id = id_,
                                        .status = status,
                                        .at = turn.at,
                                        .outputs = outputs_,
                                        .failures = failures_,
                                        .reason = cancel_reason_});
}

void Workflow::MarkRunning(NodeRef node) {
  CHECK(state(node) == NodeState::kReady);
  SetState(node, NodeState::kRunning);
}

void Workflow::TakeBack(NodeRef node, Turn& turn) {
  CHECK(state(node) == NodeState::kRunning);
  SetState(node, NodeState::kReady);
  if (!is_stopping()) turn.ready.push_back(node);
}

void Workflow::SetState(NodeRef node, NodeState state) {
  NodeState& current = frames_[node.frame].states[node.node];
  if (op(node) == NodeOp::kTask) {
    const auto count = [&](NodeState which) -> std::uint64_t* {
      switch (which) {
        case NodeState::kReady:
          return &counts_.ready;
        case NodeState::kRunning:
          return &counts_.running;
        case NodeState::kFinished:
          return &counts_.finished;
        case NodeState::kFailed:
          return &counts_.failed;
        default:
          return nullptr;
      }
    };
    if (std::uint64_t* before = count(current); before != nullptr) --*before;
    if (std::uint64_t* after = count(state); after != nullptr) ++*after;
  }
  current = state;
}

void Workflow::ShowOpened(FrameIndex index, model::Outputs inputs, Turn& turn) const {
  const Frame& frame = frames_[index];
  const bool is_root = frame.parent.frame == kNoFrame;
  for (const auto& [name, value] : frame.graph().graph().fixed_inputs) {
    if (FindValue(inputs, name) == nullptr) {
      inputs.push_back({name, std::make_shared<const graph::Value>(value)});
    }
  }
  if (frame.body.value != nullptr) {
    inputs.push_back({std::string(graph::kBodyPort), frame.body.value});
  }
  turn.events.push_back(
      FrameOpened{.workflow = id_,
                  .location = FrameLocation(index),
                  .graph = frame.body.graph,
                  .parent = is_root ? nullptr : frames_[frame.parent.frame].body.graph,
                  .parent_node = frame.parent.node,
                  .inputs = std::move(inputs)});
}

void Workflow::ShowStarted(NodeRef node, Turn& turn) const {
  if (!turn.settings.shows_nodes) return;
  turn.events.push_back(NodeStarted{.workflow = id_,
                                    .location = LocationOf(node),
                                    .graph = frames_[node.frame].body.graph,
                                    .node = node.node});
}

void Workflow::ShowSettled(NodeRef node, const model::Outputs& outputs,
                           const MadeElements& elements, Turn& turn) const {
  if (!turn.settings.shows_nodes) return;
  turn.events.push_back(NodeSettled{.workflow = id_,
                                    .location = LocationOf(node),
                                    .graph = frames_[node.frame].body.graph,
                                    .node = node.node,
                                    .result = outputs,
                                    .elements = elements});
}

}  // namespace orrery::engine
