#include "controller/engine/workflow/workflow.h"

#include <algorithm>

#include "base/check.h"
#include "base/limit.h"
#include "base/name_index.h"
#include "controller/engine/workflow/evaluation.h"
#include "controller/engine/workflow/steering.h"
#include "fmt/format.h"
#include "graph/canonical.h"

namespace orrery::engine {
namespace {

// How much longer it takes to write a graph as a value than to run it.
constexpr std::uint64_t kFixedInputsFactor = 50;

std::uint64_t InlineBytes(const graph::ValuePtr& value) {
  return value != nullptr && value->is_inline() ? value->bytes().size() : 0;
}

std::uint64_t InlineBytes(const model::Outputs& outputs) {
  std::uint64_t bytes = 0;
  for (const graph::NamedValue& output : outputs) bytes += InlineBytes(output.value);
  return bytes;
}

// Of the outputs of a finished element, with the place of each in the list of its map.
std::uint64_t ElementBytes(const Frame& frame) {
  constexpr std::uint64_t kCellBytes = 8;
  std::uint64_t bytes = 0;
  for (const CompiledGraph::Wire& wire : frame.graph().wires(frame.graph().output_node())) {
    bytes += kCellBytes + InlineBytes(frame.values[wire.source]);
  }
  return bytes;
}

graph::ValuePtr FindValue(const NameIndex<graph::NamedValue>& values, std::string_view name) {
  const graph::NamedValue* found = values.Find(name);
  return found == nullptr ? nullptr : found->value;
}

ElementListPtr FindElements(const MadeElements& elements, std::string_view port) {
  const auto it = std::ranges::find(elements, port, &std::pair<std::string, ElementListPtr>::first);
  return it == elements.end() ? nullptr : it->second;
}

void AppendValue(const graph::ValuePtr& value, std::string& out) {
  out += value == nullptr ? std::string("-") : graph::ContentDigest(*value).ToHex();
  out += '\n';
}

}  // namespace

void Workflow::Start(Body body, const model::Submission& submission, Turn& turn) {
  rules_ = submission.failure_rules;
  cache_mode_ = submission.cache_mode;
  started_at_ = turn.at;
  turn.events.push_back(
      WorkflowStarted{.id = id_, .name = submission.name, .at = turn.at, .source = reuse_.source});
  const std::vector<NodeIndex>& side_effects = submission.side_effects;
  targets_.insert(body.graph->output_node());
  targets_.insert(side_effects.begin(), side_effects.end());
  OpenFrame(std::move(body), /*parent=*/{}, /*step=*/{}, submission.inputs, turn);
  for (const NodeIndex node : side_effects) startable_.Demand({0, node});
}

Digest Workflow::SeedOf(NodeRef node) const {
  return Sha256(fmt::format("{} {} {}", id_.ToString(), absl::ToUnixNanos(started_at_),
                            LocationOf(node).ToString()));
}

void Workflow::SetChecked(std::vector<CheckedTask> tasks) {
  checked_ = std::move(tasks);
  std::ranges::sort(checked_, {}, &CheckedTask::function_name);
}

void Workflow::Hold(const model::Submission& submission, Turn& turn) {
  is_held_ = true;
  turn.events.push_back(
      WorkflowStarted{.id = id_, .name = submission.name, .at = turn.at, .source = {}});
}

void Workflow::BeginReuse(const Reuse& reuse) {
  reuse_.is_open = true;
  reuse_.source = reuse.source_id;
  reuse_.location = reuse.from;
}

void Workflow::EndReuse() {
  reuse_.is_open = false;
  if (reuse_.node.has_value()) startable_.Push(*std::exchange(reuse_.node, std::nullopt));
}

void Workflow::Run(Turn& turn) {
  while (has_pending(turn.settings) && !turn.work.is_spent()) {
    if (has_succeeded()) {
      Settle(model::WorkflowStatus::kSucceeded, turn);
      return;
    }
    if (startable_.empty()) {
      OpenElement(maps_.innermost(), turn);
      continue;
    }
    turn.work.Add(kNodeWork);
    const NodeRef node = startable_.Pop();
    if (reuse_.is_open && reuse_.location.has_value() && LocationOf(node) == *reuse_.location) {
      reuse_.node = node;
      continue;
    }
    StartNode(node, turn);
  }
}

bool Workflow::has_pending(const Settings& settings) const {
  if (is_settled() || is_held_) return false;
  return has_succeeded() || !startable_.empty() || CanOpenElement(settings);
}

// --- Facts ---

void Workflow::Finish(NodeRef node, const NodeFinished& outcome, Turn& turn) {
  // A replay may still store or load what the recorded run had stored or loaded by then.
  outstanding_.Remove(node);
  if (outcome.cache.has_value() && outcome.cache->source.has_value()) ++counts_.cached;
  Deliver(node, outcome.outputs, {}, turn);
}

void Workflow::Fail(NodeRef node, model::WorkflowFailure failure, Turn& turn) {
  outstanding_.Remove(node);
  SetState(node, NodeState::kFailed);
  turn.events.push_back(NodeSettled{.workflow = id_,
                                    .location = LocationOf(node),
                                    .graph = frames_[node.frame].body.graph,
                                    .node = node.node,
                                    .result = failure.error,
                                    .elements = {}});
  if (failures_.empty() || failures_.size() < turn.settings.failures_reported.max) {
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

void Workflow::ProvideBytes(NodeRef node, const Digest& digest,
                            std::shared_ptr<const std::string> bytes) {
  if (!outstanding_.ProvideBytes(node, digest, std::move(bytes))) return;
  SetState(node, NodeState::kBlocked);
  startable_.Push(node);
}

void Workflow::ProvideStored(NodeRef node, const Digest& digest, Turn& turn) {
  std::optional<Outstanding::Stored> stored = outstanding_.ProvideStored(node, digest);
  if (!stored.has_value()) return;
  if (const auto* result = std::get_if<NodeResult>(&*stored)) {
    return Deliver(node, result->outputs, result->elements, turn);
  }
  for (auto& [port, value] : std::get<StoredValues>(*stored)) {
    frames_[node.frame].values[port] = std::move(value);
  }
  SetState(node, NodeState::kBlocked);
  startable_.Push(node);
}

void Workflow::Cancel(std::string reason, Turn& turn) {
  CHECK(!is_settled());
  cancel_reason_ = std::move(reason);
  Settle(model::WorkflowStatus::kCancelled, turn);
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

void Workflow::SettleFailed(Turn& turn) {
  CHECK(is_failing() && !is_settled());
  CHECK(counts_.running == 0);
  Settle(model::WorkflowStatus::kFailed, turn);
}

// --- Start a node of each kind ---

void Workflow::StartNode(NodeRef node, Turn& turn) {
  const Frame& frame = frames_[node.frame];
  const CompiledGraph& graph = frame.graph();
  const NodeOp kind = graph.op(node.node);
  const bool may_take_elements = kind == NodeOp::kMap || kind == NodeOp::kFold;
  if (!frame.elements.empty() && !may_take_elements && RefuseElements(node, turn)) return;
  if (RefuseForMemory(node, turn)) return;
  const bool takes_messages = kind == NodeOp::kTask || kind == NodeOp::kOutput;
  if (takes_messages && StoreInputs(node, turn)) return;
  // A task is started when a worker has it; a node that had to wait for bytes has been shown.
  if (kind != NodeOp::kTask && !outstanding_.is_loading(node)) ShowStarted(node, turn);
  switch (kind) {
    case NodeOp::kInput:
      return StartInput(node, turn);
    case NodeOp::kConst:
      return Deliver(node, {{std::string(graph::kValuePort), graph.constant(node.node)}}, {}, turn);
    case NodeOp::kOutput:
      return FinishFrame(node, turn);
    case NodeOp::kTask:
      SetState(node, NodeState::kReady);
      turn.ready.push_back(node);
      return;
    case NodeOp::kBuiltin:
    case NodeOp::kFold:
    case NodeOp::kUnfold:
      return StartEvaluated(node, turn);
    case NodeOp::kEval:
      return StartEval(node, turn);
    case NodeOp::kLoop:
      return StartLoop(node, turn);
    case NodeOp::kMap:
      return StartMap(node, turn);
    case NodeOp::kIfElse:
    case NodeOp::kEagerIfElse:
      return StartIfElse(node, turn);
  }
}

bool Workflow::StoreInputs(NodeRef node, Turn& turn) {
  const Frame& frame = frames_[node.frame];
  StoredValues inputs = LargeInputs(frame, node.node, turn.settings.inline_inputs_bytes.max);
  if (inputs.empty()) return false;
  outstanding_.StoreInputs(node, std::move(inputs), turn);
  SetState(node, NodeState::kStoring);
  return true;
}

bool Workflow::RefuseForMemory(NodeRef node, Turn& turn) {
  const std::uint64_t held = held_bytes();
  const Limit& limit = turn.settings.workflow_bytes;
  constexpr std::uint64_t kShares = 16;
  const bool is_crowded = turn.all_bytes > turn.settings.all_workflows_bytes.max;
  if (held <= (is_crowded ? limit.max / kShares : limit.max)) return false;
  const NodeOp kind = op(node);
  const bool takes_memory = kind == NodeOp::kBuiltin || kind == NodeOp::kFold ||
                            kind == NodeOp::kUnfold || kind == NodeOp::kEval ||
                            kind == NodeOp::kLoop || kind == NodeOp::kMap;
  if (!takes_memory || outstanding_.TakeAdmitted(node)) return false;
  const absl::Status status =
      is_crowded ? LimitExceeded(turn.settings.all_workflows_bytes,
                                 "the memory of the values of all workflows", turn.all_bytes,
                                 "submit this workflow again when others have ended")
                 : LimitExceeded(limit, "the memory of the values of this workflow", held,
                                 "let tasks of a worker make large values, or collect fewer");
  outstanding_.EndLoad(node);
  SetState(node, NodeState::kWaiting);
  outstanding_.Refuse(node, std::string(status.message()), turn);
  return true;
}

bool Workflow::AdmitRefused() {
  const std::optional<NodeRef> node = outstanding_.Admit();
  if (!node.has_value()) return false;
  SetState(*node, NodeState::kBlocked);
  startable_.Push(*node);
  return true;
}

std::int64_t Workflow::TakeGrowth() {
  const std::uint64_t before = std::exchange(told_bytes_, held_bytes());
  return static_cast<std::int64_t>(told_bytes_) - static_cast<std::int64_t>(before);
}

bool Workflow::RefuseElements(NodeRef node, Turn& turn) {
  const Frame& frame = frames_[node.frame];
  const CompiledGraph& graph = frame.graph();
  for (const CompiledGraph::Wire& wire : graph.wires(node.node)) {
    if (!frame.elements.contains(wire.source)) continue;
    FailDerived(node,
                fmt::format("port \"{}\" is given the elements of port \"{}\"; only maps and "
                            "builtins.fold_values take elements",
                            graph.name(wire.name), graph.port_name(wire.source)),
                turn);
    return true;
  }
  return false;
}

void Workflow::StartInput(NodeRef node, Turn& turn) {
  const Frame& frame = frames_[node.frame];
  if (turn.settings.shows_nodes) {
    model::Outputs outputs;
    for (const PortIndex port : frame.graph().outputs(node.node)) {
      if (frame.values[port] == nullptr) continue;
      outputs.push_back({std::string(frame.graph().port_name(port)), frame.values[port]});
    }
    ShowSettled(node, outputs, {}, turn);
  }
  End(node);
}

void Workflow::StartEvaluated(NodeRef node, Turn& turn) {
  const LoadedBytes* loaded = outstanding_.FindLoaded(node);
  absl::StatusOr<Evaluation> evaluation =
      Evaluate(frames_[node.frame], node.node, loaded, turn.work);
  if (!evaluation.ok()) return FailDerived(node, evaluation.status(), turn);
  if (const auto* missing = std::get_if<MissingBytes>(&*evaluation)) {
    return Load(node, *missing, turn);
  }
  if (loaded != nullptr) outstanding_.EndLoad(node);
  if (auto* outcome = std::get_if<OutsideOutcome>(&*evaluation)) {
    SetState(node, NodeState::kWaiting);
    return outstanding_.Wait(node, std::move(*outcome), turn);
  }
  Complete(node, std::get<NodeResult>(*std::move(evaluation)), turn);
}

std::optional<Body> Workflow::BodyOf(NodeRef node, Turn& turn) {
  const Frame& frame = frames_[node.frame];
  if (frame.depth + 1 > turn.settings.frame_depth.max) {
    FailDerived(node,
                fmt::format("graphs are nested deeper than the limit of {}; does a graph evaluate "
                            "itself without end?",
                            turn.settings.frame_depth.max),
                turn);
    return std::nullopt;
  }
  const LoadedBytes* loaded = outstanding_.FindLoaded(node);
  auto body = ReadBody(frame, node.node, loaded, turn.graphs, turn.work);
  if (!body.ok()) {
    FailDerived(node, body.status(), turn);
    return std::nullopt;
  }
  if (const auto* missing = std::get_if<MissingBytes>(&*body)) {
    Load(node, *missing, turn);
    return std::nullopt;
  }
  if (loaded != nullptr) outstanding_.EndLoad(node);
  return std::get<Body>(*std::move(body));
}

void Workflow::StartEval(NodeRef node, Turn& turn) {
  std::optional<Body> body = BodyOf(node, turn);
  if (!body.has_value()) return;
  const Frame& frame = frames_[node.frame];
  const CompiledGraph& graph = frame.graph();
  const model::Outputs inputs = frame.NamedInputsOf(node.node);
  const bool wants_body = graph.FindOutput(node.node, graph::kBodyPort) != kNoPort;
  if (wants_body && graph.outputs(node.node).size() > 1) {
    return FailDerived(node,
                       "both the graph with its inputs fixed (port \"body\") and its outputs are "
                       "used; evaluate it twice",
                       turn);
  }
  if (wants_body) {
    turn.work.Add(body->graph->frame_work() * kFixedInputsFactor);
    return Complete(
        node,
        {.outputs = {{std::string(graph::kBodyPort), FixInputs(body->graph->graph(), inputs)}},
         .elements = {}},
        turn);
  }
  SetState(node, NodeState::kUnfolded);
  OpenFrame(*std::move(body), node, {graph::StepKind::kNode, node.node}, inputs, turn);
}

void Workflow::StartLoop(NodeRef node, Turn& turn) {
  std::optional<Body> body = BodyOf(node, turn);
  if (!body.has_value()) return;
  const LoopRunner::Iteration& first = loops_.Begin(node, *std::move(body));
  SetState(node, NodeState::kUnfolded);
  OpenIteration(node, first, turn);
}

void Workflow::StartMap(NodeRef node, Turn& turn) {
  std::optional<Body> body = BodyOf(node, turn);
  if (!body.has_value()) return;
  const absl::StatusOr<std::optional<MadeElements>> result = maps_.Begin(node, *std::move(body));
  if (!result.ok()) return FailDerived(node, result.status(), turn);
  if (result->has_value()) return Deliver(node, {}, **result, turn);
  SetState(node, NodeState::kUnfolded);
}

void Workflow::StartIfElse(NodeRef node, Turn& turn) {
  const Frame& frame = frames_[node.frame];
  const absl::StatusOr<PortIndex> branch = NextOfIfElse(frame, node.node);
  if (!branch.ok()) return FailDerived(node, branch.status(), turn);
  if (!frame.is_available(*branch)) return startable_.DemandBranch(node, *branch);
  model::Outputs outputs;
  if (frame.values[*branch] != nullptr) {
    outputs.push_back({std::string(graph::kValuePort), frame.values[*branch]});
  }
  Deliver(node, outputs, {}, turn);
}

// --- Frames ---

void Workflow::OpenFrame(Body body, NodeRef parent, graph::LocationStep step,
                         const model::Outputs& inputs, Turn& turn) {
  const FrameIndex index = frames_.Open(std::move(body), parent, step, turn.graphs);
  turn.work.Add(frames_[index].graph().frame_work());
  const NameIndex named(inputs);
  frames_[index].Fill([&](std::string_view name) { return FindValue(named, name); });
  if (turn.settings.shows_nodes) ShowOpened(index, inputs, turn);
  startable_.Demand({index, frames_[index].graph().output_node()});
}

void Workflow::OpenIteration(NodeRef node, const LoopRunner::Iteration& iteration, Turn& turn) {
  OpenFrame(iteration.body, node, iteration.step(), iteration.inputs, turn);
}

void Workflow::OpenElement(NodeRef node, Turn& turn) {
  const MapRunner::Element element = maps_.OpenNext(node);
  const FrameIndex index = frames_.Open(element.body(), node, element.step(), turn.graphs);
  turn.work.Add(frames_[index].graph().frame_work());
  frames_[index].Fill([&](std::string_view name) { return element.Find(name); });
  if (turn.settings.shows_nodes) ShowOpened(index, element.Inputs(), turn);
  startable_.Demand({index, frames_[index].graph().output_node()});
}

bool Workflow::CanOpenElement(const Settings& settings) const {
  return maps_.CanOpen(reuse_.is_open || (frames_.open_count() < settings.frames_open.max &&
                                          frames_.bytes() < settings.frames_bytes.max));
}

bool Workflow::OpenElementsTo(const graph::Location& location, Turn& turn) {
  graph::Location way;
  for (const graph::LocationStep& step : location.steps) {
    if (step.kind == graph::StepKind::kElement) {
      const std::optional<NodeRef> node = Find(way);
      const MapRunner::Counts* map = node.has_value() ? maps_.Find(*node) : nullptr;
      if (map == nullptr) return false;
      const auto index = static_cast<std::size_t>(step.index);
      if (index >= map->opened && index < map->elements) {
        while (map->opened <= index) OpenElement(*node, turn);
        return true;
      }
    }
    way.steps.push_back(step);
  }
  return false;
}

void Workflow::FinishFrame(NodeRef output_node, Turn& turn) {
  const Frame& frame = frames_[output_node.frame];
  const NodeRef parent = frame.parent;
  const bool is_root = parent.frame == kNoFrame;
  const graph::LocationStep step = frame.step;
  const bool is_shown = turn.settings.shows_nodes;
  const bool is_element = !is_root && step.kind == graph::StepKind::kElement;
  model::Outputs outputs;
  if (is_shown || !is_element) outputs = frame.NamedInputsOf(output_node.node);
  Deliver(output_node, {}, {}, turn);
  // The frame itself; that of an eval is shown as the eval.
  if (is_shown && (is_root || step.kind != graph::StepKind::kNode)) {
    turn.events.push_back(
        NodeSettled{.workflow = id_,
                    .location = frames_.LocationOf(output_node.frame),
                    .graph = is_root ? frame.body.graph : frames_[parent.frame].body.graph,
                    .node = parent.node,
                    .result = outputs,
                    .elements = {}});
  }
  if (is_root) {
    outputs_ = std::move(outputs);
    return;
  }
  std::optional<MadeElements> elements;
  if (is_element) {
    frames_.AddBytes(parent.frame, ElementBytes(frame));
    elements = maps_.FinishElement(parent, frame);
  }
  frames_.Close(output_node.frame);
  switch (step.kind) {
    case graph::StepKind::kNode:
      return Deliver(parent, outputs, {}, turn);
    case graph::StepKind::kIteration:
      return FinishIteration(parent, outputs, turn);
    case graph::StepKind::kElement:
      if (elements.has_value()) Deliver(parent, {}, *elements, turn);
      return;
  }
}

void Workflow::FinishIteration(NodeRef node, const model::Outputs& outputs, Turn& turn) {
  // A trace stays until the workflow has settled.
  if (loops_.HasTrace(node)) frames_.AddBytes(0, InlineBytes(outputs));
  const absl::StatusOr<const LoopRunner::Iteration*> next = loops_.FinishIteration(node, outputs);
  if (!next.ok()) return FailDerived(node, next.status(), turn);
  if (*next == nullptr) return Deliver(node, outputs, {}, turn);
  OpenIteration(node, **next, turn);
}

// --- End a node ---

void Workflow::Complete(NodeRef node, NodeResult result, Turn& turn) {
  if (!Outstanding::MustStore(result)) return Deliver(node, result.outputs, result.elements, turn);
  outstanding_.Store(node, std::move(result), turn);
  SetState(node, NodeState::kStoring);
}

void Workflow::Deliver(NodeRef node, const model::Outputs& outputs, const MadeElements& elements,
                       Turn& turn) {
  Frame& frame = frames_[node.frame];
  const CompiledGraph& graph = frame.graph();
  ShowSettled(node, outputs, elements, turn);
  CountBytes(node, outputs, elements);
  const NameIndex named(outputs);
  for (const PortIndex port : graph.outputs(node.node)) {
    const std::string_view name = graph.port_name(port);
    frame.values[port] = FindValue(named, name);
    if (ElementListPtr list = FindElements(elements, name)) frame.elements[port] = list;
  }
  End(node);
}

void Workflow::CountBytes(NodeRef node, const model::Outputs& outputs,
                          const MadeElements& elements) {
  const NodeOp kind = op(node);
  // These pass on what others have made; a map has counted each element.
  if (kind == NodeOp::kConst || kind == NodeOp::kIfElse || kind == NodeOp::kEagerIfElse) return;
  std::uint64_t bytes = InlineBytes(outputs);
  if (kind == NodeOp::kUnfold) {
    for (const auto& [name, list] : elements) bytes += list->inline_bytes();
  }
  if (bytes > 0) frames_.AddBytes(node.frame, bytes);
}

void Workflow::End(NodeRef node) {
  SetState(node, NodeState::kFinished);
  startable_.UnblockConsumers(node);
  if (node.frame == 0) targets_.erase(node.node);
}

void Workflow::FailDerived(NodeRef node, std::string message, Turn& turn) {
  Fail(node,
       {.location = LocationOf(node),
        .function_name = std::string(FunctionNameOf(node)),
        .error = {.kind = model::TaskErrorKind::kInvalidValue, .message = std::move(message)}},
       turn);
}

void Workflow::Load(NodeRef node, const MissingBytes& missing, Turn& turn) {
  outstanding_.Load(node, missing, turn);
  SetState(node, NodeState::kLoading);
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

void Workflow::Settle(model::WorkflowStatus status, Turn& turn) {
  status_ = status;
  counts_.ready = 0;
  counts_.running = 0;
  startable_.Clear();
  reuse_.node.reset();
  checked_ = {};
  loops_.Clear();
  maps_.Clear();
  outstanding_.Clear();
  frames_.Clear(turn.graphs);
  turn.ready.clear();
  turn.events.push_back(WorkflowSettled{.id = id_,
                                        .status = status,
                                        .at = turn.at,
                                        .outputs = outputs_,
                                        .failures = failures_,
                                        .reason = cancel_reason_});
}

// --- Report to the checkpoint tree ---

void Workflow::ShowOpened(FrameIndex index, model::Outputs inputs, Turn& turn) const {
  const Frame& frame = frames_[index];
  const bool is_root = frame.parent.frame == kNoFrame;
  for (const auto& [name, value] : frame.graph().graph().fixed_inputs) {
    if (model::FindOutput(inputs, name) == nullptr) {
      inputs.push_back({name, std::make_shared<const graph::Value>(value)});
    }
  }
  if (frame.body.value != nullptr) {
    inputs.push_back({std::string(graph::kBodyPort), frame.body.value});
  }
  turn.events.push_back(
      FrameOpened{.workflow = id_,
                  .location = frames_.LocationOf(index),
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

// --- Its nodes ---

Place Workflow::Locate(const graph::Location& location) const {
  const FrameTable::Search search = frames_.Find(location);
  if (search.node.has_value()) return {.node = search.node, .may_come = true};
  if (!search.closed.has_value()) return {};
  const auto [node, number] = *search.closed;
  const bool has_ended = state(node) == NodeState::kFinished || state(node) == NodeState::kFailed;
  return {.node = std::nullopt,
          .may_come = !has_ended && loops_.MayOpen(node, number) && maps_.MayOpen(node, number)};
}

std::string_view Workflow::FunctionNameOf(NodeRef node) const {
  const graph::NodeKind& kind = frames_[node.frame].graph().graph().nodes[node.node].kind;
  const auto* function = std::get_if<graph::FunctionNode>(&kind);
  return function == nullptr ? graph::KindName(kind) : std::string_view(function->function_name);
}

const CheckedTask* Workflow::FindChecked(std::string_view function_name) const {
  const auto it =
      std::ranges::lower_bound(checked_, function_name, {}, &CheckedTask::function_name);
  return it == checked_.end() || it->function_name != function_name ? nullptr : &*it;
}

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
    for (const NodeRef node : frames_.NodesIn(state)) {
      if (location.steps.empty() || LocationOf(node).IsIn(location)) nodes.push_back(node);
    }
  }
  std::ranges::sort(nodes);
  return nodes;
}

// --- Invariants and state ---

absl::Status Workflow::CheckInvariants() const {
  const auto broken = [&](const std::string& what) {
    return absl::InternalError(fmt::format("workflow {}: {}", id_.ToString(), what));
  };
  if (is_settled()) {
    if (!frames_.empty()) return broken("settled, yet it has frames");
    if (counts_.ready + counts_.running != 0) return broken("settled, yet nodes are counted open");
    return absl::OkStatus();
  }
  model::NodeCounts open;
  std::size_t visited = 0;
  absl::Status frames;
  frames_.ForEach([&](FrameIndex index) {
    ++visited;
    const std::vector<NodeState>& states = frames_[index].states;
    open.ready += static_cast<std::uint64_t>(std::ranges::count(states, NodeState::kReady));
    open.running += static_cast<std::uint64_t>(std::ranges::count(states, NodeState::kRunning));
    frames.Update(CheckFrame(index));
  });
  if (!frames.ok()) return broken(std::string(frames.message()));
  if (visited != frames_.open_count()) {
    return broken(fmt::format("{} frames are open, {} of them below the root", frames_.open_count(),
                              visited));
  }
  if (open.ready != counts_.ready || open.running != counts_.running) {
    return broken(fmt::format("counts {} ready and {} running, has {} and {}", counts_.ready,
                              counts_.running, open.ready, open.running));
  }
  return absl::OkStatus();
}

absl::Status Workflow::CheckFrame(FrameIndex index) const {
  const Frame& frame = frames_[index];
  for (NodeIndex node = 0; node < frame.states.size(); ++node) {
    const NodeState state = frame.states[node];
    if (state == NodeState::kBlocked && frame.missing[node] == 0 && startable_.empty() &&
        !reuse_.node.has_value()) {
      return absl::InternalError(fmt::format("node {} is blocked by nothing", node));
    }
    const auto child = frame.children.lower_bound({node, 0});
    const bool has_child = child != frame.children.end() && child->first.first == node;
    const MapRunner::Counts* map = maps_.Find({index, node});
    const bool may_expand = map != nullptr && map->opened < map->elements;
    if ((state == NodeState::kUnfolded) != (has_child || may_expand)) {
      return absl::InternalError(fmt::format("node {} and its frames disagree", node));
    }
  }
  return absl::OkStatus();
}

void Workflow::AppendState(std::string& out) const {
  out += fmt::format("workflow {} {} status {} finished {} failed {}\n", number_.value(),
                     id_.ToString(), static_cast<int>(status_), counts_.finished, counts_.failed);
  if (is_paused_) out += "paused\n";
  if (counts_.cached > 0) out += fmt::format("cached {}\n", counts_.cached);
  if (cache_mode_ != model::CacheMode::kUse) {
    out += fmt::format("cache mode {}\n", static_cast<int>(cache_mode_));
  }
  for (const CheckedTask& task : checked_) {
    out += fmt::format("task {} {}\n", task.function_name, task.signature.ToHex());
  }
  for (const graph::NamedValue& output : outputs_) AppendValue(output.value, out);
  for (const auto& [location, trace] : traces()) {
    out += fmt::format("trace {} {} {}\n", location.ToString(), trace.name, trace.iterations);
  }
  frames_.ForEach([&](FrameIndex index) { AppendFrame(index, out); });
}

void Workflow::AppendFrame(FrameIndex index, std::string& out) const {
  const Frame& frame = frames_[index];
  out += fmt::format("frame {} {}\n", frames_.LocationOf(index).ToString(),
                     frame.graph().digest().ToHex());
  for (const NodeState state : frame.states) {
    const NodeState same = state == NodeState::kRunning ? NodeState::kReady : state;
    out += static_cast<char>('0' + static_cast<int>(same));
  }
  out += '\n';
  for (const graph::ValuePtr& value : frame.values) AppendValue(value, out);
  for (const auto& [port, list] : frame.elements) {
    out += fmt::format("elements {} {}\n", port, list->size());
  }
  loops_.AppendState(index, out);
  maps_.AppendState(index, out);
}

}  // namespace orrery::engine
