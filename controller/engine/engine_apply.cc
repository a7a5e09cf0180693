// What each record changes. Runs when a record is decided and when it is replayed, and must do the
// same both times: it may depend on the state that records build, never on workers or time.
#include <algorithm>
#include <cstdint>
#include <limits>
#include <utility>

#include "base/check.h"
#include "base/coverage_mark.h"
#include "base/overload.h"
#include "base/status_macros.h"
#include "controller/engine/engine_impl.h"
#include "fmt/format.h"
#include "graph/graph_data.h"

namespace orrery::engine {

namespace {

// What has been left out of a journal may have counted further, but never beyond this: there is
// always a next number.
constexpr std::uint64_t kCountMax = std::numeric_limits<std::int64_t>::max();

}  // namespace

void Engine::Impl::DecideRecord(Record record) {
  // What is decided while it is applied comes after it.
  const std::size_t place = out_.records.size();
  out_.records.emplace_back();
  CHECK(Apply(record).ok());
  out_.records[place] = std::move(record);
}

absl::Status Engine::Impl::Apply(const Record& record) {
  return std::visit([this](const auto& body) { return ApplyBody(body); }, record.body);
}

absl::Status Engine::Impl::ApplyBody(const ControllerStarted& body) {
  // A compaction leaves out all but the last.
  if (body.epoch <= epoch_ || body.epoch > kCountMax) {
    return absl::DataLossError(
        fmt::format("the journal has epoch {} after epoch {}", body.epoch, epoch_));
  }
  epoch_ = body.epoch;
  return absl::OkStatus();
}

absl::Status Engine::Impl::ApplyBody(const WorkerJoined& body) {
  joined_[body.instance] = body.dies_with_controller;
  return absl::OkStatus();
}

absl::Status Engine::Impl::ApplyBody(const WorkerLeft& body) {
  joined_.erase(body.instance);
  return absl::OkStatus();
}

absl::Status Engine::Impl::ApplyBody(const WorkflowSubmitted& body) {
  // A compaction leaves out forgotten ones.
  if (body.number <= WorkflowNumber(last_workflow_) || body.number > WorkflowNumber(kCountMax) ||
      by_id_.contains(body.id)) {
    return absl::DataLossError(fmt::format("the journal submits workflow {} as number {} after {}",
                                           body.id.ToString(), body.number.value(),
                                           last_workflow_));
  }
  auto compiled = graphs_.Intern(body.graph);
  if (!compiled.ok()) {
    return absl::DataLossError(fmt::format("the journal has a graph that cannot be compiled: {}",
                                           std::string(compiled.status().message())));
  }
  for (const NodeIndex node : body.side_effects) {
    if (node < (*compiled)->node_count()) continue;
    return absl::DataLossError(
        fmt::format("the journal has node {} as a side effect of workflow {}, whose graph has {} "
                    "nodes",
                    node, body.id.ToString(), (*compiled)->node_count()));
  }
  last_workflow_ = body.number.value();
  by_id_[body.id] = body.number;
  submissions_[body.number] = SubmissionDigest(body, (*compiled)->digest());
  auto& workflow =
      *(workflows_[body.number] = std::make_unique<Workflow>(body.number, body.id, body.name));
  // Its own graph as a value is made only for those who read it.
  graph::ValuePtr self;
  if ((*compiled)->FindOutside(graph::kBodyPort) != kNoPort) {
    self = std::make_shared<const graph::Value>(
        graph::JsonValue(graph::WriteGraphData(*body.graph), "graph"));
  }
  if (body.reuse.has_value()) {
    reusing_[body.number] = {.source = body.reuse->source, .began_at = now_};
    workflow.BeginReuse(*body.reuse);
  }
  workflow.SetFailureRules(body.failure_rules);
  workflow.SetCacheMode(body.cache_mode);
  Turn turn = NewTurn();
  workflow.Start({*std::move(compiled), std::move(self)}, body.inputs, body.side_effects, turn);
  Take(workflow, turn);
  return absl::OkStatus();
}

absl::StatusOr<std::pair<Workflow*, NodeRef>> Engine::Impl::FindOpen(const NodeKey& key) {
  Workflow* workflow = FindWorkflow(key.workflow);
  if (workflow == nullptr || workflow->is_settled()) {
    return absl::DataLossError(
        fmt::format("the journal has an outcome for node {} of workflow number {}, which is not "
                    "running",
                    key.location.ToString(), key.workflow.value()));
  }
  const auto is_open = [&](const std::optional<NodeRef>& node) {
    if (!node.has_value()) return false;
    const NodeState state = workflow->state(*node);
    return state == NodeState::kReady || state == NodeState::kRunning ||
           state == NodeState::kLoading || state == NodeState::kStoring ||
           state == NodeState::kWaiting;
  };
  std::optional<NodeRef> node = workflow->Find(key.location);
  while (is_replaying_ && !is_open(node) && CatchUp(*workflow, key.location)) {
    node = workflow->Find(key.location);
  }
  if (!is_open(node)) {
    return absl::DataLossError(fmt::format(
        "the journal has an outcome for node {} of workflow {}, which {}", key.location.ToString(),
        workflow->id().ToString(), node.has_value() ? "waits for none" : "does not exist"));
  }
  return std::pair(workflow, *node);
}

bool Engine::Impl::CatchUp(Workflow& workflow, const graph::Location& location) {
  Turn turn = NewTurn(settings_.nodes_per_step_max);
  bool has_changed = false;
  if (workflow.has_pending(settings_)) {
    workflow.Run(turn);
    has_changed = turn.steps_left < settings_.nodes_per_step_max || workflow.is_settled();
  }
  has_changed = has_changed || workflow.OpenElementsTo(location, turn);
  Take(workflow, turn);
  return has_changed ? !workflow.is_settled() : AnswerOutstanding(workflow);
}

bool Engine::Impl::AnswerOutstanding(Workflow& workflow) {
  Turn outstanding = NewTurn();
  workflow.AppendOutstanding(outstanding);
  if (!outstanding.stores.empty()) {
    COVERAGE_MARK("replay.value_stored_again");
    // It was stored before anything that follows from it; if it was not, it is now.
    const Turn::Store& store = outstanding.stores.front();
    out_.free.push_back(StoreValue{store.digest, store.bytes});
    derived_blobs_[workflow.number()].insert(store.digest);
    Turn turn = NewTurn();
    workflow.ProvideStored(store.node, store.digest, turn);
    Take(workflow, turn);
    return true;
  }
  for (const Turn::Load& load : outstanding.loads) {
    if (unreadable_.contains(load.digest)) continue;
    absl::StatusOr<std::string> bytes = (*read_)(load.digest);
    if (!bytes.ok()) {
      unreadable_.insert(load.digest);
      continue;
    }
    COVERAGE_MARK("replay.value_loaded");
    workflow.ProvideBytes(load.node, load.digest,
                          std::make_shared<const std::string>(*std::move(bytes)));
    deriving_.insert(workflow.number());
    return true;
  }
  return false;
}

absl::Status Engine::Impl::ApplyBody(const NodeSleeping& body) {
  RETURN_IF_ERROR(FindOpen(body.node).status());
  outside_.sleeping[body.node] = body.until;
  outside_.alarms.emplace(body.until, body.node);
  return absl::OkStatus();
}

absl::Status Engine::Impl::ApplyBody(const NodeFinished& body) {
  ASSIGN_OR_RETURN(const auto place, FindOpen(body.node));
  const auto& [workflow, node] = place;
  const bool is_waiting = workflow->state(node) == NodeState::kWaiting;
  if (workflow->op(node) != NodeOp::kTask && !is_waiting) {
    return absl::DataLossError(
        fmt::format("the journal has outputs for node {} of workflow {}, which is no task",
                    body.node.location.ToString(), workflow->id().ToString()));
  }
  Forget(body.node);
  if (body.cache.has_value()) KeepForOthers(*workflow, node, body);
  Turn turn = NewTurn();
  workflow->Finish(node, body, turn);
  Take(*workflow, turn);
  return absl::OkStatus();
}

absl::Status Engine::Impl::ApplyBody(const NodeFailed& body) {
  const auto place = FindOpen(body.node);
  if (!place.ok()) {
    Workflow* gone_past = FindWorkflow(body.node.workflow);
    if (!is_replaying_ || body.error.kind != TaskErrorKind::kStorage || gone_past == nullptr) {
      return place.status();
    }
    // What the storage refused once it has given to the replay, and the node went on there.
    Turn turn = NewTurn();
    gone_past->AdmitFailure({.location = body.node.location, .error = body.error}, turn);
    Take(*gone_past, turn);
    return absl::OkStatus();
  }
  const auto& [workflow, node] = *place;
  std::vector<AttemptFailure> earlier;
  if (const auto troubles = troubles_.find(body.node); troubles != troubles_.end()) {
    earlier = std::move(troubles->second.attempts);
  }
  Forget(body.node);
  Turn turn = NewTurn();
  workflow->Fail(node,
                 {.location = body.node.location,
                  .function_name = std::string(workflow->FunctionNameOf(node)),
                  .error = body.error,
                  .worker = body.origin.worker,
                  .host = body.origin.host,
                  .attempt = body.origin.attempt,
                  .earlier = std::move(earlier)},
                 turn);
  Take(*workflow, turn);
  return absl::OkStatus();
}

void Engine::Impl::Forget(const NodeKey& node) {
  troubles_.erase(node);
  started_.erase(node);
  const auto sleeping = outside_.sleeping.find(node);
  if (sleeping == outside_.sleeping.end()) return;
  outside_.alarms.erase({sleeping->second, node});
  outside_.sleeping.erase(sleeping);
}

absl::Status Engine::Impl::ApplyBody(const AttemptStarted& body) {
  RETURN_IF_ERROR(FindOpen(body.node).status());
  started_[body.node] = body.origin;
  return absl::OkStatus();
}

absl::Status Engine::Impl::ApplyBody(const AttemptReleased& body) {
  // The start may have been left out by a compaction.
  const auto started = started_.find(body.node);
  if (started != started_.end() && started->second.attempt == body.attempt) started_.erase(started);
  return absl::OkStatus();
}

absl::Status Engine::Impl::ApplyBody(const AttemptLost& body) {
  RETURN_IF_ERROR(FindOpen(body.node).status());
  NodeTroubles& troubles = troubles_[body.node];
  ++(body.end.is_out_of_memory ? troubles.out_of_memory : troubles.workers_lost);
  AddFailure({.attempt = body.origin.attempt,
              .worker = body.origin.worker,
              .host = body.origin.host,
              .message = DescribeLoss(body.end),
              .output = {.text = body.end.output, .is_shared = true},
              .at = now_,
              .is_lost = true},
             troubles.attempts);
  return absl::OkStatus();
}

absl::Status Engine::Impl::ApplyBody(const AttemptFailed& body) {
  RETURN_IF_ERROR(FindOpen(body.node).status());
  NodeTroubles& troubles = troubles_[body.node];
  ++troubles.errors;
  troubles.retry_at = body.retry_at;
  AddFailure({.attempt = body.origin.attempt,
              .worker = body.origin.worker,
              .host = body.origin.host,
              .message = body.error.message,
              .output = body.error.output,
              .at = now_},
             troubles.attempts);
  return absl::OkStatus();
}

absl::Status Engine::Impl::ApplyBody(const WorkflowFailed& body) {
  Workflow* workflow = FindWorkflow(body.number);
  // Its failure has been admitted, after all had gone well.
  if (is_replaying_ && workflow != nullptr && workflow->TakeOverruled()) return absl::OkStatus();
  // The failure may be one that follows by itself, and if the workflow went on after it, so does
  // more.
  while (is_replaying_ && workflow != nullptr && !workflow->is_settled() &&
         !workflow->is_stopping() && CatchUp(*workflow, {})) {
  }
  if (workflow == nullptr || workflow->is_settled() || !workflow->is_failing()) {
    return absl::DataLossError(fmt::format(
        "the journal fails workflow number {}, in which no node has failed", body.number.value()));
  }
  Turn turn = NewTurn();
  workflow->SettleFailed(turn);
  Take(*workflow, turn);
  return absl::OkStatus();
}

absl::Status Engine::Impl::ApplyBody(const WorkflowCancelled& body) {
  Workflow* workflow = FindWorkflow(body.number);
  if (workflow == nullptr || workflow->is_settled()) {
    return absl::DataLossError(fmt::format(
        "the journal cancels workflow number {}, which is not running", body.number.value()));
  }
  Turn turn = NewTurn();
  workflow->Cancel(body.reason, turn);
  Take(*workflow, turn);
  return absl::OkStatus();
}

absl::Status Engine::Impl::ApplyBody(const WorkflowForgotten& body) {
  Workflow* workflow = FindWorkflow(body.number);
  // A compaction leaves out all else of it; that its number has been used must not be forgotten.
  if (is_replaying_ && workflow == nullptr && body.number <= WorkflowNumber(kCountMax)) {
    last_workflow_ = std::max(last_workflow_, body.number.value());
    return absl::OkStatus();
  }
  // Its end may be one that follows by itself.
  while (is_replaying_ && workflow != nullptr && !workflow->is_settled() &&
         CatchUp(*workflow, {})) {
  }
  if (workflow == nullptr || !workflow->is_settled()) {
    return absl::DataLossError(fmt::format(
        "the journal forgets workflow number {}, which has not settled", body.number.value()));
  }
  out_.gated.push_back(WorkflowDropped{.id = workflow->id()});
  by_id_.erase(workflow->id());
  submissions_.erase(body.number);
  cache_.Forget(body.number);
  recent_calls_.Forget(body.number);
  finished_.Remove(body.number);
  derived_blobs_.erase(body.number);
  workflows_.erase(body.number);
  return absl::OkStatus();
}

}  // namespace orrery::engine
