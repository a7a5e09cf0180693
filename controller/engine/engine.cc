#include "controller/engine/engine.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/check.h"
#include "base/coverage_mark.h"
#include "base/status_macros.h"
#include "controller/engine/cache/call.h"
#include "controller/engine/engine_impl.h"
#include "fmt/format.h"
#include "graph/builtins/builtin.h"
#include "graph/canonical.h"
#include "graph/checker.h"
#include "graph/name.h"

namespace orrery::engine {
Engine::Engine(Settings settings) : impl_(std::make_unique<Impl>(settings)) {}
Engine::~Engine() = default;

Output Engine::Step(absl::Time now, Input input) { return impl_->Step(now, std::move(input)); }
absl::StatusOr<Output> Engine::Replay(const Record& record, const ValueReader& read) {
  return impl_->Replay(record, read);
}
std::optional<absl::Time> Engine::NextDeadline() const { return impl_->NextDeadline(); }
std::uint64_t Engine::epoch() const { return impl_->epoch(); }
std::vector<WorkerSnapshot> Engine::Workers() const { return impl_->Workers(); }
std::vector<std::string> Engine::WaitingFor(const Uuid& workflow) const {
  return impl_->WaitingFor(workflow);
}
absl::StatusOr<Explanation> Engine::Explain(const Uuid& workflow,
                                            const std::optional<graph::Location>& location) const {
  return impl_->Explain(workflow, location);
}
std::vector<TaskReport> Engine::Progress(const Uuid& workflow) const {
  return impl_->Progress(workflow);
}
std::optional<WorkflowNumber> Engine::FindNumber(const Uuid& workflow) const {
  return impl_->FindNumber(workflow);
}
absl::StatusOr<LoopTrace> Engine::Trace(const Uuid& workflow, std::string_view loop,
                                        std::uint64_t offset, std::uint64_t limit) const {
  return impl_->Trace(workflow, loop, offset, limit);
}
absl::StatusOr<WorkflowSubmitted> Engine::PrepareRerun(const RerunWorkflow& input,
                                                       const History& history) const {
  return impl_->PrepareRerun(input, history);
}
std::vector<WorkflowNumber> Engine::FindExpired(absl::Time now, const Retention& retention) const {
  return impl_->FindExpired(now, retention);
}
StoreRoots Engine::FindRoots() const { return impl_->FindRoots(); }
absl::Status Engine::CheckInvariants() const { return impl_->CheckInvariants(); }
Digest Engine::StateDigest() const { return impl_->StateDigest(); }

Output Engine::Impl::Step(absl::Time now, Input input) {
  CHECK(now >= now_);
  now_ = now;
  std::visit([this](auto& what) { On(what); }, input);
  Derive();
  TakeOver();
  AcceptResolved();
  EndReuses();
  TakeCached();
  FailUncertain();
  Dispatch();
  std::ranges::move(attempts_.Balance(now_), std::back_inserter(out_.free));
  Conclude();
  ForgetExpired();
  return std::exchange(out_, {});
}

void Engine::Impl::AcceptResolved() {
  while (!recovery_.resolved.empty()) {
    COVERAGE_MARK("claim.resolved_with_outcome");
    auto [instance, outcome] = std::move(recovery_.resolved.front());
    recovery_.resolved.pop_front();
    if (Worker* worker = workers_.Find(instance)) {
      worker->open_sequences.erase(outcome.sequence);
      Accept(*worker, std::move(outcome));
      Acknowledge(*worker);
      Derive();
    }
  }
}

absl::StatusOr<Output> Engine::Impl::Replay(const Record& record, const ValueReader& read) {
  CHECK(is_replaying_);
  now_ = std::max(now_, record.at);
  read_ = &read;
  absl::Status status = Apply(record);
  Derive();
  Conclude();
  read_ = nullptr;
  RETURN_IF_ERROR(status);
  Output output = std::exchange(out_, {});
  CHECK(output.records.empty());
  // What is replayed is durable: nothing has to wait.
  std::ranges::move(output.gated, std::back_inserter(output.free));
  output.gated.clear();
  return output;
}

void Engine::Impl::On(const ControllerStart& input) {
  CHECK(is_replaying_);
  last_attempt_ = input.first_attempt - 1;
  is_replaying_ = false;
  Decide(ControllerStarted{.epoch = epoch_ + 1});

  const std::map<Uuid, bool> joined = joined_;
  for (const auto& [instance, dies_with_controller] : joined) {
    if (dies_with_controller) {
      COVERAGE_MARK("recovery.worker_died_with_controller");
      Decide(WorkerLeft{instance});
    } else {
      recovery_.awaited.insert(instance);
    }
  }
  if (is_recovering()) recovery_.awaited_until = now_ + settings_.reconnect_grace;
  unreadable_.clear();
  for (const auto& [number, workflow] : workflows_) {
    if (workflow->is_settled()) continue;
    recovery_.recovered.insert(number);
    changed_.insert(number);
    Turn outstanding = NewTurn();
    workflow->AppendOutstanding(outstanding);
    Request(*workflow, outstanding);
    if (workflow->is_stopping() && !reusing_.contains(number)) continue;
    for (const NodeRef node : workflow->ReadyNodes()) OnReady(*workflow, node, QueueEntry::kNew);
  }
  std::set<WorkflowNumber> sources;
  if (!reusing_.empty()) COVERAGE_MARK("reuse.interrupted_by_restart");
  for (const auto& [number, phase] : reusing_) sources.insert(phase.source);
  for (const WorkflowNumber source : sources) out_.free.push_back(LoadHistory{source});
}

std::string Engine::Impl::ProblemOfRule(const std::string& task, const graph::FailurePolicy& policy,
                                        bool may_come) const {
  if (task == graph::kAllTasks) return "";
  const graph::TaskName name = graph::SplitFunctionName(task);
  std::string why;
  const graph::TaskSpec* spec = workers_.FindTask(name.worker, name.task);
  if (name.worker == graph::kBuiltinsWorker) {
    why = graph::kNoPolicyForBuiltins;
  } else if (spec != nullptr && spec->is_effect_once && policy.attempts.value_or(1) > 1) {
    why = graph::kNoRetryForEffectOnce;
  } else if (spec == nullptr && !may_come) {
    const std::string closest = graph::ClosestName(task, workers_.TaskNames());
    why = fmt::format("no worker offers this task{}",
                      closest.empty() ? "" : fmt::format("; did you mean {}?", closest));
  }
  return why.empty() ? why : fmt::format("failure policy of {}: {}", task, why);
}

absl::Status Engine::Impl::CheckSubmission(const SubmitWorkflow& input) const {
  graph::CheckOptions options;
  options.find_task = [this](std::string_view worker, std::string_view task) {
    return worker == graph::kBuiltinsWorker ? FindBuiltinTask(worker, task)
                                            : workers_.FindTask(worker, task);
  };
  options.list_tasks = [this] { return workers_.TaskNames(); };
  options.allow_unknown_tasks = input.wait_for_workers;
  options.given_inputs.emplace();
  for (const auto& [name, value] : input.inputs) {
    options.given_inputs->push_back(name);
    // What is not what it says fails the task that reads it.
    options.given_types[name] = graph::SupplyOfValue(*value).value_or(graph::Supply());
  }
  std::vector<graph::Problem> problems = graph::CheckGraph(*input.graph, options);
  for (const std::uint32_t node : input.side_effects) {
    if (node < input.graph->nodes.size()) continue;
    problems.push_back({.location = "-",
                        .port = "",
                        .message = fmt::format("side effect {}: the graph has {} nodes", node,
                                               input.graph->nodes.size())});
  }
  for (const auto& [task, policy] : input.failure_rules.policies) {
    const std::string problem = ProblemOfRule(task, policy, input.wait_for_workers);
    if (!problem.empty()) problems.push_back({.location = "-", .port = "", .message = problem});
  }
  return graph::ProblemsToStatus(problems);
}

void Engine::Impl::On(const SubmitWorkflow& input) {
  const WorkflowSubmitted submission{.number = WorkflowNumber(last_workflow_ + 1),
                                     .id = input.id,
                                     .name = input.name,
                                     .graph = input.graph,
                                     .inputs = input.inputs,
                                     .side_effects = input.side_effects,
                                     .failure_rules = input.failure_rules,
                                     .reuse = {},
                                     .cache_mode = input.cache_mode};
  if (const Workflow* known = FindWorkflow(input.id)) {
    const bool is_same = submissions_.at(known->number()) ==
                         SubmissionDigest(submission, graph::GraphDigest(*submission.graph));
    if (!known->is_settled() && is_same) {
      COVERAGE_MARK("submission.asked_twice");
      Answer(input.request, absl::OkStatus(), /*already_submitted=*/true);
      return;
    }
    if (!known->is_settled()) {
      Answer(input.request, absl::AlreadyExistsError(fmt::format(
                                "workflow {} is running already, with another graph, inputs or "
                                "name; cancel it or take another id",
                                input.id.ToString())));
      return;
    }
    if (!input.clean) {
      Answer(input.request, absl::AlreadyExistsError(fmt::format(
                                "workflow {} has finished already; take another id, or submit "
                                "with --clean to forget the finished one",
                                input.id.ToString())));
      return;
    }
  }
  absl::Status status = input.failure_rules.Check();
  if (status.ok()) status = CheckSubmission(input);
  if (!status.ok()) {
    Answer(input.request, std::move(status));
    return;
  }
  if (const Workflow* known = FindWorkflow(input.id)) {
    Decide(WorkflowForgotten{known->number()});
  }
  Decide(submission);
  Answer(input.request, absl::OkStatus());
}

void Engine::Impl::On(const ValueLoaded& input) {
  const auto it = outside_.loading.find(input.digest);
  if (it == outside_.loading.end()) return;
  const std::vector<ReadyNode> nodes = std::move(it->second);
  outside_.loading.erase(it);
  const auto bytes = input.bytes.ok() ? std::make_shared<const std::string>(*input.bytes) : nullptr;
  for (const ReadyNode& waiting : nodes) {
    Workflow* workflow = FindWorkflow(waiting.workflow);
    if (workflow == nullptr || workflow->is_settled()) continue;
    if (bytes != nullptr) {
      workflow->ProvideBytes(waiting.node, input.digest, bytes);
      deriving_.insert(waiting.workflow);
    } else if (workflow->state(waiting.node) == NodeState::kLoading) {
      FailForStorage(*workflow, waiting.node, "a value could not be read", input.bytes.status());
    }
  }
}

void Engine::Impl::On(const ValueStored& input) {
  const auto it = outside_.storing.find(input.digest);
  if (it == outside_.storing.end()) return;
  const std::vector<ReadyNode> nodes = std::move(it->second);
  outside_.storing.erase(it);
  for (const ReadyNode& waiting : nodes) {
    Workflow* workflow = FindWorkflow(waiting.workflow);
    if (workflow == nullptr || workflow->is_settled()) continue;
    if (input.status.ok()) {
      Turn turn = NewTurn();
      workflow->ProvideStored(waiting.node, input.digest, turn);
      Take(*workflow, turn);
    } else if (workflow->state(waiting.node) == NodeState::kStoring) {
      FailForStorage(*workflow, waiting.node, "a value could not be stored", input.status);
    }
  }
}

// That the storage failed is no fact about the value: it is recorded, not derived again.
void Engine::Impl::FailForStorage(const Workflow& workflow, NodeRef node, std::string_view what,
                                  const absl::Status& why) {
  COVERAGE_MARK("storage.failed");
  Decide(NodeFailed{.node = {workflow.number(), workflow.LocationOf(node)},
                    .origin = {},
                    .error = {.kind = TaskErrorKind::kStorage,
                              .message = fmt::format("{}: {}", what, std::string(why.message()))}});
}

void Engine::Impl::On(const RandomDrawn& input) {
  const auto it = outside_.draws.find(input.draw);
  if (it == outside_.draws.end()) return;
  const ReadyNode node = it->second;
  outside_.draws.erase(it);
  const Workflow* workflow = FindWorkflow(node.workflow);
  if (workflow == nullptr || workflow->is_settled()) return;
  FinishWaiting({node.workflow, workflow->LocationOf(node.node)},
                graph::JsonValue(fmt::format("{}", input.value)));
}

void Engine::Impl::FinishWaiting(const NodeKey& node, graph::Value value) {
  const Workflow& workflow = *FindWorkflow(node.workflow);
  Decide(NodeFinished{.node = node,
                      .origin = {.started_at = now_, .finished_at = now_},
                      .outputs = {{std::string(graph::kValuePort),
                                   std::make_shared<const graph::Value>(std::move(value))}},
                      .call = CallDigestOf(workflow, *workflow.Find(node.location))});
}

void Engine::Impl::WakeSleepers() {
  while (!outside_.alarms.empty() && outside_.alarms.begin()->first <= now_) {
    const NodeKey node = outside_.alarms.begin()->second;
    FinishWaiting(node, graph::JsonValue("true"));
  }
}

void Engine::Impl::On(const Tick&) {
  if (is_recovering() && recovery_.awaited_until <= now_) {
    COVERAGE_MARK("recovery.grace_expired");
    const std::set<Uuid> gone = std::exchange(recovery_.awaited, {});
    for (const Uuid& instance : gone) Decide(WorkerLeft{instance});
    EndRecovery();
  }
  std::vector<Uuid> gone;
  for (const auto& [instance, worker] : workers_.workers()) {
    if (worker.presence == WorkerPresence::kLost && worker.lost_until <= now_) {
      gone.push_back(instance);
    }
  }
  if (!gone.empty()) COVERAGE_MARK("worker.grace_expired");
  for (const Uuid& instance : gone) {
    RemoveWorker(instance,
                 {.reason = fmt::format("its connection did not come back within {}",
                                        absl::FormatDuration(settings_.reconnect_grace))});
  }
  WakeSleepers();
  RetryDelayed();
  FailOverdue();
}

std::optional<absl::Time> Engine::Impl::NextDeadline() const {
  const auto has_known = [](const auto& entry) { return entry.second.has_known(); };
  const bool takes_over = !held_.cached.empty() || std::ranges::any_of(reusing_, has_known);
  if (!deriving_.empty() || takes_over) return now_;
  absl::Time next = is_recovering() ? recovery_.awaited_until : absl::InfiniteFuture();
  if (!outside_.alarms.empty()) next = std::min(next, outside_.alarms.begin()->first);
  next = std::min({next, held_.delayed.next(), queue_deadlines_.next(), attempts_.next_balance(),
                   finished_.NextExpiry(settings_.retention, SourcesInUse())});
  for (const auto& [instance, worker] : workers_.workers()) {
    if (worker.presence == WorkerPresence::kLost) next = std::min(next, worker.lost_until);
  }
  if (next == absl::InfiniteFuture()) return std::nullopt;
  return next;
}

void Engine::Impl::Answer(RequestId request, absl::Status status, bool already_submitted) {
  // Gated even if it is a refusal: what it is based on may not be durable yet.
  out_.gated.push_back(AnswerRequest{
      .request = request, .status = std::move(status), .already_submitted = already_submitted});
}

Turn Engine::Impl::NewTurn(std::uint32_t steps) {
  return {.graphs = graphs_,
          .settings = settings_,
          .at = now_,
          .events = out_.gated,
          .steps_left = steps,
          .ready = {},
          .loads = {},
          .stores = {},
          .waits = {}};
}

void Engine::Impl::Derive() {
  std::uint32_t steps_left = settings_.nodes_per_step_max;
  while (!deriving_.empty() && steps_left > 0) {
    const std::set<WorkflowNumber> round = deriving_;
    const auto share =
        std::max<std::uint32_t>(1, steps_left / static_cast<std::uint32_t>(round.size()));
    for (const WorkflowNumber number : round) {
      Workflow* workflow = FindWorkflow(number);
      if (workflow != nullptr && workflow->has_pending(settings_)) {
        Turn turn = NewTurn(std::min(share, steps_left));
        steps_left -= turn.steps_left;
        workflow->Run(turn);
        steps_left += turn.steps_left;
        Take(*workflow, turn);
      }
      workflow = FindWorkflow(number);
      if (workflow == nullptr || !workflow->has_pending(settings_)) deriving_.erase(number);
      if (steps_left == 0) return;
    }
  }
}

void Engine::Impl::Take(Workflow& workflow, const Turn& turn) {
  changed_.insert(workflow.number());
  if (workflow.has_pending(settings_)) deriving_.insert(workflow.number());
  if (!workflow.is_settled()) Request(workflow, turn);
  if (workflow.is_settled() || workflow.is_stopping()) {
    ClearQueues(workflow.number());  // Nothing else is given to workers.
    if (workflow.is_settled()) OnSettled(workflow);
    // But what an earlier run made of it is not to be lost to a later one.
    for (const NodeRef node : turn.ready) HoldForReuse(workflow, node);
    return;
  }
  const QueueEntry entry = turn.is_return ? QueueEntry::kReturned : QueueEntry::kNew;
  for (const NodeRef node : turn.ready) OnReady(workflow, node, entry);
}

void Engine::Impl::Request(const Workflow& workflow, const Turn& turn) {
  if (is_replaying_) return;  // ControllerStart asks for everything.
  for (const Turn::Load& load : turn.loads) {
    std::vector<ReadyNode>& waiting = outside_.loading[load.digest];
    if (waiting.empty()) {
      out_.free.push_back(LoadValue{.digest = load.digest, .size_bytes = load.size_bytes});
    }
    waiting.push_back({workflow.number(), load.node});
  }
  for (const Turn::Store& store : turn.stores) {
    std::vector<ReadyNode>& waiting = outside_.storing[store.digest];
    if (waiting.empty()) out_.free.push_back(StoreValue{store.digest, store.bytes});
    derived_blobs_[workflow.number()].insert(store.digest);
    waiting.push_back({workflow.number(), store.node});
  }
  for (const Turn::Wait& wait : turn.waits) {
    if (AnswerWaitFromReuse(workflow, wait.node)) continue;
    if (const auto* duration = std::get_if<absl::Duration>(&wait.what)) {
      StartSleep(workflow, wait.node, *duration);
    } else {
      const DrawId draw(++outside_.last_draw);
      outside_.draws[draw] = {workflow.number(), wait.node};
      out_.free.push_back(DrawRandom{draw, std::get<graph::RandomRange>(wait.what)});
    }
  }
}

void Engine::Impl::StartSleep(const Workflow& workflow, NodeRef node, absl::Duration duration) {
  const NodeKey key{workflow.number(), workflow.LocationOf(node)};
  // Once recorded, it goes on over restarts.
  if (!outside_.sleeping.contains(key)) Decide(NodeSleeping{.node = key, .until = now_ + duration});
}

void Engine::Impl::OnReady(Workflow& workflow, NodeRef node, QueueEntry entry) {
  if (is_replaying_) return;  // ControllerStart looks for them all.
  if (ResolveClaim(workflow, node) || HoldForReuse(workflow, node)) return;
  if (is_recovering() && recovery_.recovered.contains(workflow.number())) {
    COVERAGE_MARK("recovery.node_held_back");
    held_.recovering.push_back({workflow.number(), node});
    return;
  }
  Enqueue(workflow, node, entry);
}

void Engine::Impl::OnSettled(const Workflow& workflow) {
  const WorkflowNumber number = workflow.number();
  std::erase_if(troubles_, [&](const auto& entry) { return entry.first.workflow == number; });
  std::erase_if(started_, [&](const auto& entry) { return entry.first.workflow == number; });
  std::erase_if(outside_.sleeping,
                [&](const auto& entry) { return entry.first.workflow == number; });
  std::erase_if(outside_.alarms,
                [&](const auto& alarm) { return alarm.second.workflow == number; });
  recovery_.recovered.erase(number);
  reusing_.erase(number);
  DropClaimsOf(number, "the workflow has ended");
  Abandon([&](const Attempt& attempt) { return attempt.workflow == number; },
          "the workflow has ended");
  graphs_.Collect();
  finished_.Add(number, now_);
}

bool Engine::Impl::HasFailed(const Workflow& workflow) const {
  if (!workflow.is_failing() || workflow.is_settled() || workflow.counts().running > 0) {
    return false;
  }
  return workflow.is_stopping() || (workflow.counts().ready == 0 && !workflow.waits_for_outside() &&
                                    !workflow.has_pending(settings_));
}

void Engine::Impl::Conclude() {
  for (const WorkflowNumber number : std::exchange(changed_, {})) {
    Workflow* workflow = FindWorkflow(number);
    if (workflow == nullptr) continue;
    const bool is_open = is_replaying_ ||
                         (is_recovering() && recovery_.recovered.contains(number)) ||
                         reusing_.contains(number);
    if (workflow->is_stopping() && !workflow->is_settled() && !is_open) {
      DropClaimsOf(number, "another node of the workflow has failed");
    }
    if (!is_open && HasFailed(*workflow)) Decide(WorkflowFailed{number});
    out_.gated.push_back(WorkflowProgressed{.id = workflow->id(), .counts = workflow->counts()});
  }
  changed_.clear();
}

}  // namespace orrery::engine
