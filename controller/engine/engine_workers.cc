// Workers that come, go, answer, and are waited for after a restart.
#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/coverage_mark.h"
#include "base/overload.h"
#include "controller/engine/cache/call.h"
#include "controller/engine/engine_impl.h"
#include "fmt/format.h"
#include "graph/builtins/builtin.h"

namespace orrery::engine {
namespace {

std::string DescribeLosses(std::uint32_t times, const Worker& last, const WorkerEnd& end) {
  return fmt::format("{}, {} times; the last was {} on host {} (process {}){}",
                     end.is_out_of_memory ? "out of memory" : "worker lost while running", times,
                     last.name(), last.host, last.process_id, DescribeEnd(end));
}

}  // namespace

std::optional<RefuseWorker> Engine::Impl::WhyRefused(const WorkerHello& hello) const {
  const auto refuse = [&](RefusalReason reason, std::string message) {
    return RefuseWorker{.session = hello.session, .reason = reason, .message = std::move(message)};
  };
  if (hello.slots == 0) {
    return refuse(RefusalReason::kInvalidHello, "the worker has 0 slots; it needs at least 1");
  }
  if (hello.held.size() > settings_.held_attempts_max) {
    return refuse(RefusalReason::kInvalidHello,
                  fmt::format("the worker declares {} held attempts; at most {} are accepted",
                              hello.held.size(), settings_.held_attempts_max));
  }
  for (const graph::TaskSpec& task : hello.catalog->tasks) {
    if (!task.is_cacheable || !task.version.empty()) continue;
    return refuse(RefusalReason::kInvalidHello,
                  fmt::format("task {} is cacheable but has no version: whoever changes the task "
                              "must be able to tell its outcomes from those there are",
                              task.name));
  }
  if (hello.catalog->worker == graph::kBuiltinsWorker) {
    return refuse(RefusalReason::kCatalogClash,
                  "the worker is called builtins, which is the name of the tasks that need no "
                  "worker; give it another name");
  }
  if (absl::Status status = workers_.CheckCatalog(hello.instance, *hello.catalog); !status.ok()) {
    return refuse(RefusalReason::kCatalogClash, std::string(status.message()));
  }
  return std::nullopt;
}

void Engine::Impl::On(const PoolAnnounced& input) { workers_.Announce(input.pool, input.catalog); }

void Engine::Impl::On(const WorkerHello& input) {
  if (std::optional<RefuseWorker> refusal = WhyRefused(input)) {
    out_.free.push_back(*std::move(refusal));
    return;
  }
  const Worker* before = workers_.Find(input.instance);
  if (before != nullptr && before->session != SessionId(0)) {
    COVERAGE_MARK("hello.replaces_session");
    out_.free.push_back(
        CloseSession{.session = before->session, .reason = "the worker has connected anew"});
    attempts_.ForgetRevocationsAt(*before);
  }
  const bool is_recorded = joined_.contains(input.instance);
  if (!is_recorded) {
    Decide(WorkerJoined{.instance = input.instance,
                        .worker = input.catalog->worker,
                        .dies_with_controller = input.dies_with_controller});
  }
  const bool is_from_before = is_recorded && before == nullptr;
  Worker& worker = workers_.Connect(input, now_);
  worker.is_admitted = worker.is_admitted || is_from_before;
  if (!worker.is_admitted) out_.gated.push_back(AdmitWorker{input.session});

  WelcomeWorker welcome{.session = input.session, .verdicts = {}};
  std::set<AttemptId> kept;
  for (const HeldAttempt& held : input.held) {
    const bool is_wanted = JudgeHeld(worker, held);
    if (is_wanted) kept.insert(held.attempt);
    // What made a finished one superfluous may not be durable yet, and to abandon it would be to
    // forget it. So it is told again, dropped, and acknowledged when that is durable.
    welcome.verdicts.push_back({.attempt = held.attempt, .keep = is_wanted || held.is_finished});
  }
  out_.free.push_back(std::move(welcome));
  // What it does not hold never reached it, or was given back on the way.
  const auto believed = worker.attempts;
  for (const AttemptId id : believed) {
    if (kept.contains(id)) continue;
    COVERAGE_MARK("hello.attempt_never_arrived");
    Release(id);
    if (const auto claim = recovery_.claim_of.find(id); claim != recovery_.claim_of.end()) {
      DropClaim(recovery_.claims.find(claim->second), "the worker does not hold it any more");
    }
  }

  ReleaseUndeclared(input);
  if (worker.drain_reason.has_value()) Drain(worker);
  if (recovery_.awaited.erase(input.instance) > 0 && recovery_.awaited.empty()) EndRecovery();
}

void Engine::Impl::ReleaseUndeclared(const WorkerHello& hello) {
  std::vector<std::pair<NodeKey, AttemptId>> undeclared;
  for (const auto& [node, origin] : started_) {
    if (origin.instance == hello.instance &&
        std::ranges::find(hello.held, origin.attempt, &HeldAttempt::attempt) == hello.held.end()) {
      undeclared.emplace_back(node, origin.attempt);
    }
  }
  for (const auto& [node, attempt] : undeclared) {
    COVERAGE_MARK("effect_once.start_never_arrived");
    ReleaseStart(node, attempt);
  }
}

bool Engine::Impl::JudgeHeld(Worker& worker, const HeldAttempt& held) {
  if (const Attempt* attempt = attempts_.Find(held.attempt)) {
    if (attempt->instance != worker.instance || attempt->is_abandoned) {
      COVERAGE_MARK("hello.attempt_of_nobody_or_another");
      return false;
    }
    COVERAGE_MARK("hello.attempt_kept");
    return true;
  }
  if (Claim* claim = ClaimOf(worker, held.attempt)) {
    COVERAGE_MARK("hello.claim_kept");
    claim->outcome.reset();  // It will be sent again in this session.
    return true;
  }
  if (recovery_.claim_of.contains(held.attempt)) return false;
  // Of this epoch but unknown: its node was given to another worker meanwhile.
  if (held.attempt.epoch >= epoch_) return false;
  return JudgeOlderHeld(worker, held);
}

bool Engine::Impl::JudgeOlderHeld(Worker& worker, const HeldAttempt& held) {
  const auto number = by_id_.find(held.workflow);
  if (number == by_id_.end()) return false;
  Workflow& workflow = *workflows_.at(number->second);
  if (workflow.is_settled()) {
    COVERAGE_MARK("adoption.workflow_has_settled");
    return false;
  }

  const std::string function_name = fmt::format("{}.{}", worker.name(), held.task);
  const auto [node, may_come] = workflow.Locate(held.location);
  if (node.has_value() && workflow.state(*node) == NodeState::kReady) {
    if (workflow.FunctionNameOf(*node) != function_name) return false;
    if (DigestInputsOf(workflow, *node) != held.inputs_digest) return false;
    // Its error was recorded, only the acknowledgement was lost.
    const auto troubles = troubles_.find({workflow.number(), held.location});
    if (troubles != troubles_.end() && troubles->second.HasErrorOf(held.attempt)) {
      COVERAGE_MARK("held.error_is_known");
      return false;
    }
    COVERAGE_MARK("adoption.kept");
    Dequeue(workflow, *node);
    Adopt(held.attempt, {.workflow = workflow.number(),
                         .node = *node,
                         .instance = worker.instance,
                         .inputs_digest = held.inputs_digest,
                         .kind = workers_.KindOf(function_name)});
    return true;
  }
  const bool may_become_ready =
      !workflow.is_stopping() && may_come &&
      (!node.has_value() || workflow.state(*node) == NodeState::kBlocked ||
       workflow.state(*node) == NodeState::kIdle);
  if (!may_become_ready) {
    COVERAGE_MARK("adoption.node_needs_none");
    return false;
  }
  const NodeKey key{workflow.number(), held.location};
  const auto [claim, is_new] =
      recovery_.claims.try_emplace(key, Claim{.attempt = held.attempt,
                                              .instance = worker.instance,
                                              .function_name = function_name,
                                              .inputs_digest = held.inputs_digest,
                                              .outcome = std::nullopt});
  if (!is_new) {
    COVERAGE_MARK("adoption.claimed_by_another");
    return false;
  }
  COVERAGE_MARK("adoption.claimed");
  recovery_.claim_of[held.attempt] = key;
  worker.attempts.insert(held.attempt);
  ++worker.claims;
  return true;
}

void Engine::Impl::Adopt(AttemptId id, const Attempt& attempt) {
  FindWorkflow(attempt.workflow)->MarkRunning(attempt.node);
  attempts_.Begin(id, attempt, now_);
  changed_.insert(attempt.workflow);
}

bool Engine::Impl::ResolveClaim(Workflow& workflow, NodeRef node) {
  if (recovery_.claims.empty()) return false;
  const auto it = recovery_.claims.find({workflow.number(), workflow.LocationOf(node)});
  if (it == recovery_.claims.end()) return false;
  if (it->second.function_name != workflow.FunctionNameOf(node) ||
      it->second.inputs_digest != DigestInputsOf(workflow, node)) {
    COVERAGE_MARK("claim.inputs_differ");
    DropClaim(it, "the node's inputs are others now");
    return false;
  }
  COVERAGE_MARK("claim.resolved");
  Claim claim = std::move(it->second);
  recovery_.claim_of.erase(claim.attempt);
  recovery_.claims.erase(it);
  --workers_.Find(claim.instance)->claims;
  Adopt(claim.attempt, {.workflow = workflow.number(),
                        .node = node,
                        .instance = claim.instance,
                        .inputs_digest = claim.inputs_digest,
                        .kind = workers_.KindOf(claim.function_name)});
  if (claim.outcome.has_value())
    recovery_.resolved.emplace_back(claim.instance, *std::move(claim.outcome));
  return true;
}

Claim* Engine::Impl::ClaimOf(const Worker& worker, AttemptId attempt) {
  const auto key = recovery_.claim_of.find(attempt);
  if (key == recovery_.claim_of.end()) return nullptr;
  Claim& claim = recovery_.claims.at(key->second);
  return claim.instance == worker.instance ? &claim : nullptr;
}

void Engine::Impl::DropClaim(std::map<NodeKey, Claim>::iterator claim, const std::string& reason) {
  const Claim dropped = std::move(claim->second);
  recovery_.claim_of.erase(dropped.attempt);
  recovery_.claims.erase(claim);
  Worker* worker = workers_.Find(dropped.instance);
  if (worker == nullptr) return;
  worker->attempts.erase(dropped.attempt);
  --worker->claims;
  if (dropped.outcome.has_value()) {
    COVERAGE_MARK("claim.dropped_with_outcome");
    worker->open_sequences.erase(dropped.outcome->sequence);
    Acknowledge(*worker);
  } else if (worker->session != SessionId(0)) {
    COVERAGE_MARK("claim.dropped");
    out_.free.push_back(
        CancelAttempt{.session = worker->session, .attempt = dropped.attempt, .reason = reason});
  }
}

void Engine::Impl::DropClaimsOf(WorkflowNumber workflow, const std::string& reason) {
  for (auto it = recovery_.claims.begin(); it != recovery_.claims.end();) {
    const auto claim = it++;
    if (claim->first.workflow == workflow) DropClaim(claim, reason);
  }
}

void Engine::Impl::On(OutcomesReceived& input) {
  Worker* worker = workers_.FindSession(input.session);
  if (worker == nullptr) return;
  for (Outcome& outcome : input.outcomes) {
    if (outcome.sequence <= worker->received_sequence) {
      COVERAGE_MARK("outcome.sent_twice");
      continue;
    }
    if (outcome.sequence != worker->received_sequence + 1) {
      COVERAGE_MARK("outcome.one_is_missing");
      out_.free.push_back(
          CloseSession{.session = input.session,
                       .reason = fmt::format("outcome {} came after outcome {}", outcome.sequence,
                                             worker->received_sequence)});
      return;
    }
    worker->received_sequence = outcome.sequence;
    if (Claim* claim = ClaimOf(*worker, outcome.attempt);
        claim != nullptr && !claim->outcome.has_value()) {
      COVERAGE_MARK("outcome.before_its_node");
      worker->open_sequences.insert(outcome.sequence);
      claim->outcome = std::move(outcome);
      continue;
    }
    Accept(*worker, std::move(outcome));
  }
  Acknowledge(*worker);
}

void Engine::Impl::Accept(Worker& worker, Outcome outcome) {
  const Attempt* held = attempts_.Find(outcome.attempt);
  // Fenced: the node has another attempt, or none.
  if (held == nullptr || held->instance != worker.instance) {
    COVERAGE_MARK("outcome.fenced");
    return;
  }
  const Attempt attempt = attempts_.End(outcome.attempt);
  workers_.Observe(attempt.kind, outcome.finished_at - outcome.started_at);
  if (attempt.is_abandoned) {
    COVERAGE_MARK("outcome.abandoned");
    return;
  }

  Workflow* workflow = FindWorkflow(attempt.workflow);
  CHECK(workflow != nullptr);
  AttemptOrigin origin = OriginOf(worker, outcome.attempt);
  origin.started_at = outcome.started_at;
  origin.finished_at = outcome.finished_at;
  if (auto* error = std::get_if<TaskError>(&outcome.result)) {
    FailAttempt(*workflow, attempt.node, std::move(origin), std::move(*error));
    return;
  }
  NodeKey key{attempt.workflow, workflow->LocationOf(attempt.node)};
  auto& outputs = std::get<Outputs>(outcome.result);
  const std::string_view missing =
      workflow->frame(attempt.node.frame).graph().MissingOutput(attempt.node.node, outputs);
  if (!missing.empty()) {
    Decide(NodeFailed{
        .node = std::move(key),
        .origin = std::move(origin),
        .error = {.kind = TaskErrorKind::kTask,
                  .message = fmt::format("the task returned no value for output port \"{}\", "
                                         "which the graph uses",
                                         missing)}});
    return;
  }
  const Digest call = CallDigest(workflow->FunctionNameOf(attempt.node), attempt.inputs_digest);
  Decide(NodeFinished{.node = std::move(key),
                      .origin = std::move(origin),
                      .outputs = std::move(outputs),
                      .call = call,
                      .cache = NoteOf(worker, *workflow, attempt.node, call)});
}

void Engine::Impl::FailAttempt(Workflow& workflow, NodeRef node, AttemptOrigin origin,
                               TaskError error) {
  NodeKey key{workflow.number(), workflow.LocationOf(node)};
  const graph::FailurePolicy policy = workflow.PolicyOf(node);
  const auto troubles = troubles_.find(key);
  const std::uint32_t failed = (troubles == troubles_.end() ? 0 : troubles->second.errors) + 1;
  // A serializer gives the same error for the same bytes, a cancelled attempt is not wanted, and an
  // attempt that may have taken effect must not be repeated.
  const bool may_be_repeated = !error.is_final && !started_.contains(key);
  const bool may_differ =
      error.kind == TaskErrorKind::kTask || error.kind == TaskErrorKind::kStorage ||
      error.kind == TaskErrorKind::kTimeout || error.kind == TaskErrorKind::kOutOfMemory;
  if (!may_be_repeated || !may_differ || workflow.is_stopping() ||
      failed >= policy.attempts.value_or(settings_.attempts_default)) {
    Decide(
        NodeFailed{.node = std::move(key), .origin = std::move(origin), .error = std::move(error)});
    return;
  }
  COVERAGE_MARK("attempt.is_tried_again");
  const absl::Duration backoff = policy.backoff.value_or(settings_.backoff_default);
  Decide(AttemptFailed{.node = std::move(key),
                       .origin = std::move(origin),
                       .error = std::move(error),
                       .retry_at = now_ + graph::BackoffAfter(backoff, failed)});
  Turn turn = NewTurn();
  workflow.TakeBack(node, turn);
  Take(workflow, turn);
}

void Engine::Impl::Acknowledge(const Worker& worker) {
  if (worker.session == SessionId(0) || worker.settled_sequence() == 0) return;
  out_.gated.push_back(
      AcknowledgeOutcomes{.session = worker.session, .sequence = worker.settled_sequence()});
}

void Engine::Impl::On(const AttemptsReleased& input) {
  Worker* worker = workers_.FindSession(input.session);
  if (worker == nullptr) return;
  for (const AttemptId id : input.attempts) {
    const Attempt* attempt = attempts_.Find(id);
    if (attempt != nullptr && attempt->instance == worker->instance) Release(id);
    if (const auto claim = recovery_.claim_of.find(id); claim != recovery_.claim_of.end()) {
      const auto place = recovery_.claims.find(claim->second);
      if (place->second.instance == worker->instance) DropClaim(place, "it was given back");
    }
  }
}

void Engine::Impl::On(const WorkerAdmitted& input) {
  if (Worker* worker = workers_.FindSession(input.session)) worker->is_admitted = true;
}

void Engine::Impl::On(const WorkerDraining& input) {
  if (Worker* worker = workers_.FindSession(input.session)) {
    worker->presence = WorkerPresence::kDraining;
  }
}

void Engine::Impl::On(const DrainWorkers& input) {
  DrainWait wait{.request = input.request};
  for (auto& [instance, worker] : workers_.workers()) {
    if (worker.name() != input.worker && instance.ToString() != input.worker) continue;
    wait.instances.insert(instance);
    worker.drain_reason = input.reason;
    if (worker.session != SessionId(0)) Drain(worker);
  }
  if (wait.instances.empty()) {
    Answer(input.request, absl::NotFoundError(fmt::format(
                              "no worker has the name or instance id \"{}\"; orrery worker list "
                              "shows those that are connected",
                              input.worker)));
  } else if (input.waits) {
    drain_waits_.push_back(std::move(wait));
  } else {
    Answer(input.request, absl::OkStatus());
  }
}

void Engine::Impl::AnswerDrainWaits(const Uuid& instance) {
  std::erase_if(drain_waits_, [&](DrainWait& wait) {
    wait.instances.erase(instance);
    if (wait.instances.empty()) Answer(wait.request, absl::OkStatus());
    return wait.instances.empty();
  });
}

void Engine::Impl::Drain(Worker& worker) {
  worker.presence = WorkerPresence::kDraining;
  out_.free.push_back(DrainWorker{.session = worker.session, .reason = *worker.drain_reason});
}

void Engine::Impl::On(const ProgressReported& input) {
  const Worker* worker = workers_.FindSession(input.session);
  if (worker == nullptr) return;
  std::set<WorkflowNumber> workflows;
  for (const ProgressReported::Report& report : input.reports) {
    const Attempt* attempt = attempts_.Find(report.attempt);
    if (attempt == nullptr || attempt->instance != worker->instance || attempt->is_abandoned) {
      continue;
    }
    attempts_.SetProgress(report.attempt, report.progress);
    workflows.insert(attempt->workflow);
  }
  for (const WorkflowNumber number : workflows) {
    out_.free.push_back(TasksProgressed{.id = FindWorkflow(number)->id()});
  }
}

void Engine::Impl::On(const SessionLost& input) {
  Worker* worker = workers_.FindSession(input.session);
  if (worker == nullptr) return;
  COVERAGE_MARK("session.lost");
  attempts_.ForgetRevocationsAt(*worker);
  workers_.Disconnect(*worker, now_ + settings_.reconnect_grace);
  if (worker->attempts.empty()) RemoveWorker(worker->instance, {});
}

void Engine::Impl::On(const WorkerDied& input) {
  if (workers_.Find(input.instance) != nullptr) {
    RemoveWorker(input.instance, input.end);
    return;
  }
  if (recovery_.awaited.erase(input.instance) > 0) {
    COVERAGE_MARK("recovery.awaited_worker_died");
    Decide(WorkerLeft{input.instance});
    if (recovery_.awaited.empty()) EndRecovery();
  }
}

void Engine::Impl::RemoveWorker(Uuid instance, const WorkerEnd& end) {
  const Worker worker = *workers_.Find(instance);
  if (worker.session != SessionId(0)) {
    out_.free.push_back(
        CloseSession{.session = worker.session, .reason = "the worker's process has ended"});
  }
  attempts_.ForgetRevocationsFor(instance);
  workers_.Erase(instance);
  Decide(WorkerLeft{instance});
  AnswerDrainWaits(instance);
  for (auto it = recovery_.claims.begin(); it != recovery_.claims.end();) {
    const auto claim = it++;
    if (claim->second.instance == instance) DropClaim(claim, "its worker has gone");
  }

  std::uint32_t possibly_running = worker.slots;
  for (const AttemptId id : worker.attempts) {
    const Attempt* held = attempts_.Find(id);
    if (held == nullptr) continue;
    const Attempt attempt = *held;
    TakeBack(id);
    if (attempt.is_abandoned) continue;
    // Only the oldest can have been running: those behind them were waiting for a slot. A task that
    // takes effect at most once is only given to a free slot.
    if (possibly_running == 0 && !workers_.IsEffectOnce(attempt.kind)) continue;
    if (possibly_running > 0) --possibly_running;
    Lose(worker, id, attempt, end);
  }
}

void Engine::Impl::Lose(const Worker& worker, AttemptId id, const Attempt& attempt,
                        const WorkerEnd& end) {
  Workflow* workflow = FindWorkflow(attempt.workflow);
  const NodeKey key{attempt.workflow, workflow->LocationOf(attempt.node)};
  const AttemptOrigin origin = OriginOf(worker, id);
  COVERAGE_MARK("worker.attempt_lost");
  if (end.is_out_of_memory) COVERAGE_MARK("worker.out_of_memory");
  Decide(AttemptLost{.node = key, .origin = origin, .end = end});
  if (started_.contains(key)) {
    Dequeue(*workflow, attempt.node);
    FailUncertain(key);
    return;
  }
  const NodeTroubles& troubles = troubles_.at(key);
  const std::uint32_t times = end.is_out_of_memory ? troubles.out_of_memory : troubles.workers_lost;
  if (times < (end.is_out_of_memory ? settings_.out_of_memory_max : settings_.workers_lost_max)) {
    return;
  }
  if (end.is_out_of_memory) COVERAGE_MARK("worker.out_of_memory_too_often");
  if (!end.is_out_of_memory) COVERAGE_MARK("worker.lost_too_often");
  Dequeue(*workflow, attempt.node);
  Decide(NodeFailed{.node = key,
                    .origin = origin,
                    .error = {.kind = end.is_out_of_memory ? TaskErrorKind::kOutOfMemory
                                                           : TaskErrorKind::kWorkersLost,
                              .message = DescribeLosses(times, worker, end),
                              .output = {.text = end.output, .is_shared = true}}});
}

void Engine::Impl::Release(AttemptId id) {
  const Attempt* attempt = attempts_.Find(id);
  if (attempt != nullptr && !attempt->is_abandoned && !started_.empty()) {
    ReleaseStart({attempt->workflow, FindWorkflow(attempt->workflow)->LocationOf(attempt->node)},
                 id);
  }
  TakeBack(id);
}

void Engine::Impl::ReleaseStart(const NodeKey& node, AttemptId id) {
  const auto started = started_.find(node);
  if (started == started_.end() || started->second.attempt != id) return;
  Decide(AttemptReleased{.node = node, .attempt = id});
}

void Engine::Impl::TakeBack(AttemptId id) {
  if (attempts_.Find(id) == nullptr) return;
  const Attempt attempt = attempts_.End(id);
  if (attempt.is_abandoned) return;
  Workflow* workflow = FindWorkflow(attempt.workflow);
  CHECK(workflow != nullptr);
  Turn turn = NewTurn();
  turn.is_return = true;
  workflow->TakeBack(attempt.node, turn);
  Take(*workflow, turn);
}

AttemptOrigin Engine::Impl::OriginOf(const Worker& worker, AttemptId attempt) const {
  return {.attempt = attempt,
          .instance = worker.instance,
          .worker = worker.name(),
          .host = worker.host,
          .started_at = now_,
          .finished_at = now_};
}

void Engine::Impl::EndRecovery() {
  CHECK(recovery_.awaited.empty());
  COVERAGE_MARK("recovery.ended");
  recovery_.awaited_until = absl::InfiniteFuture();
  for (const WorkflowNumber number : recovery_.recovered) changed_.insert(number);
  for (const ReadyNode& ready : std::exchange(held_.recovering, {})) {
    Enqueue(*FindWorkflow(ready.workflow), ready.node);
  }
}

}  // namespace orrery::engine
