#include "controller/engine/applier.h"

#include <cstdint>
#include <limits>
#include <memory>
#include <utility>

#include "base/check.h"
#include "base/coverage_mark.h"
#include "base/overload.h"
#include "base/status_macros.h"
#include "controller/engine/reuse/history.h"
#include "fmt/format.h"
#include "graph/canonical.h"
#include "graph/graph_data.h"
#include "model/attempt_failure.h"
#include "model/outcome.h"
#include "model/workflow.h"

namespace orrery::engine {
namespace {

// The largest number in a journal: there is always a next one.
constexpr std::uint64_t kCountMax = std::numeric_limits<std::int64_t>::max();

bool WaitsForOutcome(NodeState state) {
  return state == NodeState::kReady || state == NodeState::kRunning ||
         state == NodeState::kLoading || state == NodeState::kStoring ||
         state == NodeState::kWaiting;
}

// The workflow that the record is about.
std::optional<WorkflowNumber> WorkflowOf(const Record& record) {
  return std::visit(
      [](const auto& body) -> std::optional<WorkflowNumber> {
        if constexpr (requires { body.node; }) {
          return body.node.workflow;
        } else if constexpr (requires { body.number; }) {
          return body.number;
        } else {
          return std::nullopt;
        }
      },
      record.body);
}

std::optional<Consequence> ConsequenceOf(const Workflow& workflow, Turn turn) {
  return Consequence{workflow.number(), std::move(turn)};
}

}  // namespace

Applier::Result Applier::Apply(const Record& record, std::optional<OpenNode> open) {
  CHECK(!is_applying_);
  is_applying_ = true;
  const std::optional<WorkflowNumber> number = WorkflowOf(record);
  const Uuid id = number.has_value() ? IdOf(*number, record) : Uuid();
  const MarkedWork mark(number.has_value() ? core_.poison.mark : nullptr,
                        number.value_or(WorkflowNumber(0)), id);
  const auto held = core_.poison.held.find(id);
  const bool is_held = held != core_.poison.held.end() && held->second == number;
  Result result = is_held ? ApplyToHeld(record) : ApplyPlain(record, std::move(open));
  is_applying_ = false;
  return result;
}

Uuid Applier::IdOf(WorkflowNumber number, const Record& record) const {
  if (const auto* submitted = std::get_if<WorkflowSubmitted>(&record.body)) return submitted->id;
  const Workflow* workflow = core_.workflows.Find(number);
  return workflow == nullptr ? Uuid() : workflow->id();
}

Applier::Result Applier::ApplyPlain(const Record& record, std::optional<OpenNode> open) {
  return std::visit(
      [&]<class Body>(const Body& body) -> Result {
        if constexpr (requires { ApplyTo(*open, body); }) {
          if (!open.has_value()) open = FindOpen(body.node);
          if (open.has_value()) return ApplyTo(*open, body);
          if constexpr (std::is_same_v<Body, NodeFailed>) return AdmitFailure(body);
          return NotOpen(body.node);
        } else {
          return ApplyBody(body);
        }
      },
      record.body);
}

Applier::Result Applier::ApplyToHeld(const Record& record) {
  return std::visit(Overload{
                        [&](const WorkflowSubmitted& body) { return HoldSubmitted(body); },
                        [&](const WorkflowPaused& body) { return ApplyBody(body); },
                        [&](const WorkflowCancelled& body) { return ApplyBody(body); },
                        [&](const WorkflowFailed& body) { return EndHeld(body); },
                        [&](const WorkflowDeleted& body) { return DeleteHeld(body); },
                        [](const auto&) -> Result { return std::nullopt; },
                    },
                    record.body);
}

Applier::Result Applier::HoldSubmitted(const WorkflowSubmitted& body) {
  COVERAGE_MARK("poison.workflow_held");
  RETURN_IF_ERROR(CheckSubmitted(body));
  Workflow& workflow = core_.workflows.Add(
      std::make_unique<Workflow>(body.number, body.id),
      model::SubmissionDigest(body.submission, graph::GraphDigest(*body.submission.graph)));
  Turn turn = core_.NewTurn();
  workflow.Hold(body.submission, turn);
  return ConsequenceOf(workflow, std::move(turn));
}

Applier::Result Applier::EndHeld(const WorkflowFailed& body) {
  Workflow* workflow = core_.workflows.Find(body.number);
  if (workflow == nullptr || workflow->is_settled()) return std::nullopt;
  Turn turn = core_.NewTurn();
  workflow->AdmitFailure(
      {.location = {},
       .error = {.kind = model::TaskErrorKind::kInvalidValue,
                 .message = "it failed before it was held; its nodes are not known any more"}},
      turn);
  workflow->SettleFailed(turn);
  return ConsequenceOf(*workflow, std::move(turn));
}

Applier::Result Applier::DeleteHeld(const WorkflowDeleted& body) {
  Workflow* workflow = core_.workflows.Find(body.number);
  // Its end was derived, not recorded.
  if (workflow != nullptr && !workflow->is_settled()) {
    Turn turn = core_.NewTurn();
    workflow->Cancel("it was deleted", turn);
    core_.follow(*workflow, turn);
  }
  return ApplyBody(body);
}

std::optional<OpenNode> Applier::FindOpen(const NodeKey& key) const {
  Workflow* workflow = core_.workflows.Find(key.workflow);
  if (workflow == nullptr || workflow->is_settled()) return std::nullopt;
  const std::optional<NodeRef> node = workflow->Find(key.location);
  if (!node.has_value() || !WaitsForOutcome(workflow->state(*node))) return std::nullopt;
  return OpenNode{workflow, *node};
}

absl::Status Applier::NotOpen(const NodeKey& key) const {
  const Workflow* workflow = core_.workflows.Find(key.workflow);
  if (workflow == nullptr || workflow->is_settled()) {
    return absl::DataLossError(
        fmt::format("the journal has an outcome for node {} of workflow number {}, which is not "
                    "running",
                    key.location.ToString(), key.workflow.value()));
  }
  return absl::DataLossError(
      fmt::format("the journal has an outcome for node {} of workflow {}, which {}",
                  key.location.ToString(), workflow->id().ToString(),
                  workflow->Find(key.location).has_value() ? "waits for none" : "does not exist"));
}

Applier::Result Applier::ApplyBody(const ControllerStarted& body) {
  // A compaction leaves out all but the last.
  if (body.epoch <= core_.epoch || body.epoch > kCountMax) {
    return absl::DataLossError(
        fmt::format("the journal has epoch {} after epoch {}", body.epoch, core_.epoch));
  }
  core_.epoch = body.epoch;
  return std::nullopt;
}

Applier::Result Applier::ApplyBody(const WorkerJoined& body) {
  phases_.recovery.Apply(body);
  return std::nullopt;
}

Applier::Result Applier::ApplyBody(const WorkerLeft& body) {
  phases_.recovery.Apply(body);
  return std::nullopt;
}

absl::Status Applier::CheckSubmitted(const WorkflowSubmitted& body) const {
  // A compaction leaves out deleted workflows.
  const WorkflowNumber last = core_.workflows.last_number();
  if (body.number <= last || body.number > WorkflowNumber(kCountMax) ||
      core_.workflows.Find(body.id) != nullptr) {
    return absl::DataLossError(fmt::format("the journal submits workflow {} as number {} after {}",
                                           body.id.ToString(), body.number.value(), last.value()));
  }
  return absl::OkStatus();
}

Applier::Result Applier::ApplyBody(const WorkflowSubmitted& body) {
  RETURN_IF_ERROR(CheckSubmitted(body));
  auto compiled = core_.graphs.Intern(body.submission.graph);
  if (!compiled.ok()) {
    return absl::DataLossError(fmt::format("the journal has a graph that cannot be compiled: {}",
                                           std::string(compiled.status().message())));
  }
  for (const NodeIndex node : body.submission.side_effects) {
    if (node < (*compiled)->node_count()) continue;
    return absl::DataLossError(
        fmt::format("the journal has node {} as a side effect of workflow {}, whose graph has {} "
                    "nodes",
                    node, body.id.ToString(), (*compiled)->node_count()));
  }
  Workflow& workflow =
      core_.workflows.Add(std::make_unique<Workflow>(body.number, body.id),
                          model::SubmissionDigest(body.submission, (*compiled)->digest()));
  // The graph is encoded as a value only if a node reads that.
  graph::ValuePtr self;
  if ((*compiled)->FindOutside(graph::kBodyPort) != kNoPort) {
    self = std::make_shared<const graph::Value>(
        graph::JsonValue(graph::WriteGraphData(*body.submission.graph), "graph"));
  }
  phases_.reuses.Apply(body);
  if (body.reuse.has_value()) workflow.BeginReuse(*body.reuse);
  workflow.SetChecked(body.tasks);
  Turn turn = core_.NewTurn();
  workflow.Start({*std::move(compiled), std::move(self)}, body.submission, turn);
  return ConsequenceOf(workflow, std::move(turn));
}

Applier::Result Applier::ApplyBody(const ReuseEnded& body) {
  Workflow* workflow = core_.workflows.Find(body.number);
  // The end of the workflow, which a replay may have derived, has ended the phase.
  if (workflow != nullptr && workflow->is_settled()) return std::nullopt;
  if (workflow == nullptr || !phases_.reuses.Has(body.number)) {
    return absl::DataLossError(
        fmt::format("the journal ends the reuse of workflow number {}, which reuses nothing",
                    body.number.value()));
  }
  workflow->EndReuse();
  Turn turn = core_.NewTurn();
  turn.ready = phases_.reuses.End(body.number);
  return ConsequenceOf(*workflow, std::move(turn));
}

std::vector<model::AttemptFailure> Applier::EndNode(const NodeKey& node) {
  phases_.waits.Remove(node);
  phases_.scheduler.returned().Remove(node);
  return phases_.scheduler.failures().Remove(node);
}

Applier::Result Applier::ApplyTo(const OpenNode&, const NodeSleeping& body) {
  phases_.waits.Apply(body);
  return std::nullopt;
}

Applier::Result Applier::ApplyTo(const OpenNode& open, const NodeFinished& body) {
  Workflow& workflow = *open.workflow;
  const bool is_waiting = workflow.state(open.node) == NodeState::kWaiting;
  if (workflow.op(open.node) != NodeOp::kTask && !is_waiting) {
    return absl::DataLossError(
        fmt::format("the journal has outputs for node {} of workflow {}, which is not a task",
                    body.node.location.ToString(), workflow.id().ToString()));
  }
  EndNode(body.node);
  if (body.cache.has_value()) phases_.scheduler.cache().Keep(workflow, open.node, body);
  Turn turn = core_.NewTurn();
  workflow.Finish(open.node, body, turn);
  return ConsequenceOf(workflow, std::move(turn));
}

Applier::Result Applier::ApplyTo(const OpenNode& open, const NodeFailed& body) {
  Workflow& workflow = *open.workflow;
  model::WorkflowFailure failure{.location = body.node.location,
                                 .function_name = std::string(workflow.FunctionNameOf(open.node)),
                                 .error = body.error,
                                 .worker = body.origin.worker,
                                 .host = body.origin.host,
                                 .attempt = body.origin.attempt,
                                 .earlier = EndNode(body.node)};
  Turn turn = core_.NewTurn();
  workflow.Fail(open.node, std::move(failure), turn);
  return ConsequenceOf(workflow, std::move(turn));
}

Applier::Result Applier::AdmitFailure(const NodeFailed& body) {
  Workflow* workflow = core_.workflows.Find(body.node.workflow);
  const bool is_admitted = body.error.kind == model::TaskErrorKind::kStorage ||
                           body.error.kind == model::TaskErrorKind::kOutOfMemory;
  if (workflow == nullptr || !is_admitted) return NotOpen(body.node);
  Turn turn = core_.NewTurn();
  workflow->AdmitFailure({.location = body.node.location, .error = body.error}, turn);
  return ConsequenceOf(*workflow, std::move(turn));
}

Applier::Result Applier::ApplyTo(const OpenNode&, const AttemptStarted& body) {
  phases_.scheduler.failures().Start(body);
  return std::nullopt;
}

Applier::Result Applier::ApplyBody(const AttemptReleased& body) {
  phases_.scheduler.failures().Release(body);
  return std::nullopt;
}

Applier::Result Applier::ApplyTo(const OpenNode&, const AttemptFailed& body) {
  phases_.scheduler.failures().Add(body, core_.now);
  return std::nullopt;
}

Applier::Result Applier::ApplyTo(const OpenNode&, const AttemptLost& body) {
  phases_.scheduler.failures().Add(body, core_.now);
  return std::nullopt;
}

Applier::Result Applier::ApplyBody(const WorkflowFailed& body) {
  Workflow* workflow = core_.workflows.Find(body.number);
  // Its failure was admitted after the replay had derived its success.
  if (workflow != nullptr && workflow->TakeOverruled()) return std::nullopt;
  if (workflow == nullptr || workflow->is_settled() || !workflow->is_failing()) {
    return absl::DataLossError(fmt::format(
        "the journal fails workflow number {}, in which no node has failed", body.number.value()));
  }
  Turn turn = core_.NewTurn();
  workflow->SettleFailed(turn);
  return ConsequenceOf(*workflow, std::move(turn));
}

Applier::Result Applier::ApplyBody(const WorkflowPaused& body) {
  Workflow* workflow = core_.workflows.Find(body.number);
  // It may have settled: a replay derives more than had been derived when this was decided.
  if (workflow == nullptr) {
    return absl::DataLossError(fmt::format(
        "the journal pauses workflow number {}, which does not exist", body.number.value()));
  }
  workflow->SetPaused(body.is_paused);
  core_.out.gated.push_back(
      WorkflowPauseChanged{.id = workflow->id(), .is_paused = body.is_paused});
  return Consequence{.workflow = body.number, .turn = std::nullopt};
}

Applier::Result Applier::ApplyBody(const WorkflowCancelled& body) {
  Workflow* workflow = core_.workflows.Find(body.number);
  if (workflow == nullptr) {
    return absl::DataLossError(fmt::format(
        "the journal cancels workflow number {}, which does not exist", body.number.value()));
  }
  // `orreryd cancel` cannot know of an end that was derived.
  if (workflow->is_settled()) return std::nullopt;
  Turn turn = core_.NewTurn();
  workflow->Cancel(body.reason, turn);
  return ConsequenceOf(*workflow, std::move(turn));
}

Applier::Result Applier::ApplyBody(const WorkflowDeleted& body) {
  const Workflow* workflow = core_.workflows.Find(body.number);
  // A compaction leaves out its other records; its number must not be used again.
  if (workflow == nullptr && body.number <= WorkflowNumber(kCountMax)) {
    core_.workflows.RaiseLastNumber(body.number);
    return std::nullopt;
  }
  if (workflow == nullptr || !workflow->is_settled()) {
    return absl::DataLossError(fmt::format(
        "the journal deletes workflow number {}, which has not settled", body.number.value()));
  }
  core_.out.gated.push_back(WorkflowRemoved{.id = workflow->id()});
  phases_.scheduler.cache().RemoveWorkflow(body.number);
  core_.workflows.Erase(body.number);
  return std::nullopt;
}

}  // namespace orrery::engine
