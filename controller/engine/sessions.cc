#include "controller/engine/sessions.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "base/check.h"
#include "base/coverage_mark.h"
#include "base/digest.h"
#include "base/secret.h"
#include "base/time_text.h"
#include "controller/engine/cache/call.h"
#include "fmt/format.h"
#include "graph/builtins/builtin.h"
#include "graph/failure_policy.h"
#include "model/attempt_failure.h"
#include "model/attempt_id.h"
#include "model/outcome.h"
#include "model/worker.h"

namespace orrery::engine {
namespace {

std::string DescribeLosses(std::uint32_t times, const Worker& last, const model::WorkerEnd& end) {
  return fmt::format("{}, {} times; the last was {} on host {} (process {}){}",
                     end.is_out_of_memory ? "out of memory" : "worker lost while running", times,
                     last.name(), last.description.host, last.description.process_id,
                     model::DescribeEnd(end));
}

}  // namespace

std::optional<RefuseWorker> Sessions::WhyNotTheSame(const WorkerHello& hello) const {
  const Uuid& instance = hello.worker.instance;
  const WorkerJoined* joined = recovery_.FindJoined(instance);
  if (joined == nullptr || !joined->key_digest.has_value()) return std::nullopt;
  if (AreEqualSecrets(Sha256(hello.key).ToBytes(), joined->key_digest->ToBytes()) &&
      joined->host == hello.worker.host && joined->process_id == hello.worker.process_id) {
    return std::nullopt;
  }
  COVERAGE_MARK("hello.of_another_process");
  RefuseWorker refusal{.session = hello.session, .reason = RefusalReason::kNotAllowed};
  std::string state = "is connected";
  const Worker* known = scheduler_.workers().Find(instance);
  if (known == nullptr || known->state == model::WorkerState::kLost) {
    const absl::Time until = known == nullptr ? recovery_.awaited_until() : known->lost_until;
    refusal.retry_after = std::max(absl::ZeroDuration(), until - core_.now);
    state = "may reconnect until " + FormatTimestamp(until);
  }
  refusal.message = fmt::format(
      "instance {} is process {} on host {} and {}, this is process {} on host {}{}; give each "
      "process an ORRERY_INSTANCE_ID of its own, or leave it unset",
      instance.ToString(), joined->process_id, joined->host, state, hello.worker.process_id,
      hello.worker.host, hello.key.empty() ? " without a session key" : "");
  return refusal;
}

std::optional<RefuseWorker> Sessions::WhyRefused(const WorkerHello& hello) const {
  if (std::optional<RefuseWorker> refusal = WhyNotTheSame(hello)) return refusal;
  const auto refuse = [&](RefusalReason reason, std::string message) {
    return RefuseWorker{.session = hello.session, .reason = reason, .message = std::move(message)};
  };
  if (hello.worker.slots == 0) {
    return refuse(RefusalReason::kInvalidHello, "the worker has 0 slots; it needs at least 1");
  }
  const absl::Status held = CheckLimit(core_.settings.held_attempts, "the list of held attempts",
                                       hello.held.size(), "restart the worker");
  if (!held.ok()) return refuse(RefusalReason::kInvalidHello, std::string(held.message()));
  for (const graph::TaskSpec& task : hello.worker.catalog->tasks) {
    if (!task.is_cacheable || !task.version.empty()) continue;
    return refuse(RefusalReason::kInvalidHello,
                  fmt::format("task {} is cacheable but has no version; give it one, and change "
                              "it with the task",
                              task.name));
  }
  if (hello.worker.catalog->worker == graph::kBuiltinsWorker) {
    return refuse(RefusalReason::kCatalogClash,
                  "the worker is called builtins, which is the name of the tasks that need no "
                  "worker; give it another name");
  }
  return std::nullopt;
}

void Sessions::OnWorkerConnected(const WorkerHello& input) {
  if (std::optional<RefuseWorker> refusal = WhyRefused(input)) {
    core_.out.free.push_back(*std::move(refusal));
    return;
  }
  Worker* before = scheduler_.workers().Find(input.worker.instance);
  if (before != nullptr && before->session != SessionId(0)) {
    COVERAGE_MARK("hello.replaces_session");
    core_.out.free.push_back(
        CloseSession{.session = before->session, .reason = "the worker has connected anew"});
    scheduler_.attempts().ClearRevocationsAt(*before);
    CountFruitless(*before);
  }
  const std::string& key = input.key.empty() ? input.new_key : input.key;
  const bool was_recorded = Join(input, key);
  const bool is_from_before = was_recorded && before == nullptr;
  Worker& worker = scheduler_.Connect(input);
  if (is_from_before) Admit(worker);
  if (!worker.is_admitted) core_.out.gated.push_back(AdmitWorker{input.session});

  WelcomeWorker welcome{.session = input.session, .key = key, .verdicts = {}};
  std::set<model::AttemptId> kept;
  absl::flat_hash_set<model::AttemptId> declared;
  for (const model::HeldAttempt& held : input.held) {
    declared.insert(held.attempt);
    const bool is_wanted = JudgeHeld(worker, held, was_recorded);
    if (is_wanted && held.is_finished && FailUndelivered(worker, held.attempt)) {
      welcome.verdicts.push_back({.attempt = held.attempt, .keep = false});
      continue;
    }
    if (is_wanted) kept.insert(held.attempt);
    worker.has_finished = worker.has_finished || (is_wanted && held.is_finished);
    // The record that made a finished one superfluous may not be durable yet, and an abandoned
    // outcome is lost. So it is kept, sent again, ignored, and acknowledged when that is durable.
    welcome.verdicts.push_back({.attempt = held.attempt, .keep = is_wanted || held.is_finished});
    if (is_wanted) welcome.verdicts.back().node = NodePlace{held.workflow, held.location};
  }
  core_.out.free.push_back(std::move(welcome));
  // Attempts that it does not hold never reached it, or were given back on the way.
  const auto believed = worker.attempts;
  for (const model::AttemptId id : believed) {
    if (kept.contains(id)) continue;
    COVERAGE_MARK("hello.attempt_never_arrived");
    if (declared.contains(id) && LoseStarted(worker, id)) continue;
    Release(worker, id);
    recovery_.AbandonClaim(id, "the worker does not hold it any more");
  }

  ReleaseUndeclared(input.worker.instance, declared);
  if (worker.drain_reason.has_value()) Drain(worker);
  recovery_.OnConnected(input.worker.instance);
  if (before == nullptr) OnReplacement(worker);
}

void Sessions::CountFruitless(Worker& worker) {
  const bool is_fruitless = worker.has_finished && worker.received_sequence == 0;
  worker.fruitless_sessions = is_fruitless ? worker.fruitless_sessions + 1 : 0;
}

bool Sessions::FailUndelivered(Worker& worker, model::AttemptId id) {
  const Limit& limit = core_.settings.fruitless_sessions;
  if (worker.fruitless_sessions < limit.max) return false;
  if (scheduler_.attempts().Find(id) == nullptr) return false;  // Its node is not ready yet.
  const Attempt attempt = scheduler_.attempts().End(id);
  FailAttempt(*core_.workflows.Find(attempt.workflow), attempt.node,
              scheduler_.OriginOf(worker, id),
              {.kind = model::TaskErrorKind::kWorkersLost,
               .message = fmt::format(
                   "worker {} on host {} (process {}) declared its outcome, and {} sessions ended "
                   "before it arrived; it is probably larger than a message may be: return less, "
                   "or store the outputs as blobs, as the SDK does (limit {})",
                   worker.name(), worker.description.host, worker.description.process_id,
                   worker.fruitless_sessions, limit.name)});
  return true;
}

void Sessions::OnReplacement(const Worker& worker) {
  for (DrainWait& wait : drain_waits_) {
    const auto awaited = wait.replacements.find(worker.name());
    if (awaited != wait.replacements.end()) wait.replacements.erase(awaited);
  }
  AnswerDrainWaits();
}

bool Sessions::LoseStarted(Worker& worker, model::AttemptId id) {
  const Attempt* held = scheduler_.attempts().Find(id);
  if (held == nullptr || !held->is_effect_once || held->is_abandoned) return false;
  const Attempt attempt = scheduler_.attempts().End(id);
  const model::WorkerEnd end{.reason = "it declared the attempt with another task or inputs"};
  LoseAttempt(worker, id, attempt, {.end = end});
  return true;
}

void Sessions::ReleaseUndeclared(const Uuid& instance,
                                 const absl::flat_hash_set<model::AttemptId>& declared) {
  std::vector<std::pair<NodeKey, model::AttemptId>> undeclared;
  for (const auto& [node, origin] : scheduler_.failures().starts()) {
    if (origin.instance == instance && !declared.contains(origin.attempt)) {
      undeclared.emplace_back(node, origin.attempt);
    }
  }
  for (const auto& [node, attempt] : undeclared) {
    COVERAGE_MARK("effect_once.start_never_arrived");
    ReleaseStart(node, attempt);
  }
}

bool Sessions::Join(const WorkerHello& hello, const std::string& key) {
  const WorkerJoined* joined = recovery_.FindJoined(hello.worker.instance);
  const bool was_recorded = joined != nullptr;
  if (was_recorded && joined->key_digest.has_value()) return true;
  core_.Decide(WorkerJoined{.instance = hello.worker.instance,
                            .worker = hello.worker.name(),
                            .dies_with_controller = hello.worker.dies_with_controller,
                            .key_digest = Sha256(key),
                            .host = hello.worker.host,
                            .process_id = hello.worker.process_id});
  return was_recorded;
}

bool Sessions::IsSameAttempt(const Worker& worker, const Attempt& attempt,
                             const model::HeldAttempt& held) const {
  const Workflow* workflow = core_.workflows.Find(attempt.workflow);
  return workflow != nullptr && workflow->id() == held.workflow &&
         workflow->LocationOf(attempt.node) == held.location &&
         attempt.inputs_digest == held.inputs_digest &&
         scheduler_.workers().groups().NameOf(attempt.kind) ==
             fmt::format("{}.{}", worker.name(), held.task);
}

bool Sessions::JudgeHeld(Worker& worker, const model::HeldAttempt& held, bool was_recorded) {
  if (const Attempt* attempt = scheduler_.attempts().Find(held.attempt)) {
    if (attempt->instance != worker.instance() || attempt->is_abandoned) {
      COVERAGE_MARK("hello.attempt_of_nobody_or_another");
      return false;
    }
    if (!IsSameAttempt(worker, *attempt, held)) return false;
    COVERAGE_MARK("hello.attempt_kept");
    return true;
  }
  if (Claim* claim = recovery_.FindClaim(worker, held.attempt)) {
    if (!Recovery::IsSameClaim(worker, *claim, held)) return false;
    COVERAGE_MARK("hello.claim_kept");
    claim->outcome.reset();  // It will be sent again in this session.
    return true;
  }
  if (recovery_.HasClaim(held.attempt)) return false;
  // Of this epoch but unknown: its node was given to another worker meanwhile.
  if (held.attempt.epoch >= core_.epoch) return false;
  return recovery_.JudgeHeld(worker, held, was_recorded);
}

void Sessions::OnOutcomesReceived(OutcomesReceived& input) {
  Worker* worker = scheduler_.workers().FindSession(input.session);
  if (worker == nullptr) return;
  for (model::Outcome& outcome : input.outcomes) {
    if (outcome.sequence <= worker->received_sequence) {
      COVERAGE_MARK("outcome.sent_twice");
      continue;
    }
    if (outcome.sequence != worker->received_sequence + 1) {
      COVERAGE_MARK("outcome.one_is_missing");
      core_.out.free.push_back(
          CloseSession{.session = input.session,
                       .reason = fmt::format("outcome {} came after outcome {}", outcome.sequence,
                                             worker->received_sequence)});
      return;
    }
    worker->received_sequence = outcome.sequence;
    if (Claim* claim = recovery_.FindClaim(*worker, outcome.attempt);
        claim != nullptr && !claim->outcome.has_value()) {
      COVERAGE_MARK("outcome.before_its_node");
      worker->open_sequences.insert(outcome.sequence);
      claim->outcome = std::move(outcome);
      continue;
    }
    Accept(*worker, std::move(outcome));
  }
  recovery_.Acknowledge(*worker);
}

bool Sessions::AcceptResolved() {
  std::optional<std::pair<Uuid, model::Outcome>> resolved = recovery_.PopResolved();
  if (!resolved.has_value()) return false;
  if (Worker* worker = scheduler_.workers().Find(resolved->first)) {
    worker->open_sequences.erase(resolved->second.sequence);
    Accept(*worker, std::move(resolved->second));
    recovery_.Acknowledge(*worker);
  }
  return true;
}

void Sessions::Accept(Worker& worker, model::Outcome outcome) {
  const Attempt* held = scheduler_.attempts().Find(outcome.attempt);
  // Fenced: the node has another attempt, or none.
  if (held == nullptr || held->instance != worker.instance()) {
    COVERAGE_MARK("outcome.fenced");
    return;
  }
  const Attempt attempt = scheduler_.attempts().End(outcome.attempt);
  ReturnedAttempts::EndRow(scheduler_.workers(), worker);
  scheduler_.workers().Observe(attempt.kind, outcome.finished_at - outcome.started_at);
  if (attempt.is_abandoned) {
    COVERAGE_MARK("outcome.abandoned");
    return;
  }

  Workflow* workflow = core_.workflows.Find(attempt.workflow);
  CHECK(workflow != nullptr);
  AttemptOrigin origin = scheduler_.OriginOf(worker, outcome.attempt);
  origin.started_at = outcome.started_at;
  origin.finished_at = outcome.finished_at;
  if (auto* error = std::get_if<model::TaskError>(&outcome.result)) {
    FailAttempt(*workflow, attempt.node, std::move(origin), std::move(*error));
    return;
  }
  NodeKey key{attempt.workflow, workflow->LocationOf(attempt.node)};
  auto& outputs = std::get<model::Outputs>(outcome.result);
  const std::string_view missing =
      workflow->frame(attempt.node.frame).graph().MissingOutput(attempt.node.node, outputs);
  if (!missing.empty()) {
    core_.Decide(NodeFailed{
        .node = std::move(key),
        .origin = std::move(origin),
        .error = {.kind = model::TaskErrorKind::kTask,
                  .message = fmt::format("the task returned no value for output port \"{}\", "
                                         "which the graph uses",
                                         missing)}});
    return;
  }
  const Digest call = CallDigest(workflow->FunctionNameOf(attempt.node), attempt.inputs_digest);
  core_.Decide(
      NodeFinished{.node = std::move(key),
                   .origin = std::move(origin),
                   .outputs = std::move(outputs),
                   .call = call,
                   .cache = scheduler_.cache().NoteOf(worker, *workflow, attempt.node, call)});
}

void Sessions::FailAttempt(Workflow& workflow, NodeRef node, AttemptOrigin origin,
                           model::TaskError error) {
  NodeKey key{workflow.number(), workflow.LocationOf(node)};
  const graph::FailurePolicy policy = workflow.PolicyOf(node);
  const FailureHistory* history = scheduler_.failures().Find(key);
  const std::uint32_t failed = (history == nullptr ? 0 : history->errors) + 1;
  // A serializer gives the same error for the same bytes, a cancelled attempt is not wanted, and an
  // attempt that may have taken effect must not be repeated.
  const bool may_be_repeated = !error.is_final && scheduler_.failures().FindStart(key) == nullptr;
  const bool may_differ = error.kind == model::TaskErrorKind::kTask ||
                          error.kind == model::TaskErrorKind::kStorage ||
                          error.kind == model::TaskErrorKind::kTimeout ||
                          error.kind == model::TaskErrorKind::kOutOfMemory;
  if (!may_be_repeated || !may_differ || workflow.is_stopping() ||
      failed >= policy.attempts.value_or(core_.settings.attempts_default)) {
    core_.Decide(
        NodeFailed{.node = std::move(key), .origin = std::move(origin), .error = std::move(error)});
    return;
  }
  COVERAGE_MARK("attempt.is_tried_again");
  const absl::Duration backoff = policy.backoff.value_or(core_.settings.backoff_default);
  core_.Decide(AttemptFailed{.node = std::move(key),
                             .origin = std::move(origin),
                             .error = std::move(error),
                             .retry_at = core_.now + graph::BackoffAfter(backoff, failed)});
  Turn turn = core_.NewTurn();
  workflow.TakeBack(node, turn);
  core_.follow(workflow, turn);
}

void Sessions::OnAttemptUndeliverable(AttemptUndeliverable& input) {
  Worker* worker = scheduler_.workers().FindSession(input.session);
  const Attempt* held = scheduler_.attempts().Find(input.attempt);
  if (worker == nullptr || held == nullptr || held->instance != worker->instance()) return;
  const Attempt attempt = scheduler_.attempts().End(input.attempt);
  if (attempt.is_abandoned) return;
  FailAttempt(*core_.workflows.Find(attempt.workflow), attempt.node,
              scheduler_.OriginOf(*worker, input.attempt),
              {.kind = model::TaskErrorKind::kInvalidValue, .message = std::move(input.message)});
}

void Sessions::OnAttemptsReleased(const AttemptsReleased& input) {
  Worker* worker = scheduler_.workers().FindSession(input.session);
  if (worker == nullptr) return;
  for (const model::AttemptId id : input.attempts) {
    const Attempt* attempt = scheduler_.attempts().Find(id);
    if (attempt != nullptr && attempt->instance == worker->instance()) Release(*worker, id);
    if (recovery_.FindClaim(*worker, id) != nullptr)
      recovery_.AbandonClaim(id, "it was given back");
  }
}

void Sessions::OnWorkerAdmitted(const WorkerAdmitted& input) {
  if (Worker* worker = scheduler_.workers().FindSession(input.session)) Admit(*worker);
}

void Sessions::Admit(Worker& worker) {
  worker.is_admitted = true;
  scheduler_.workers().Update(worker);
}

void Sessions::OnWorkerDraining(const WorkerDraining& input) {
  if (Worker* worker = scheduler_.workers().FindSession(input.session)) {
    scheduler_.SetDraining(*worker);
  }
}

void Sessions::OnDrainRequested(const DrainWorkers& input) {
  DrainWait wait{.request = input.request};
  for (const auto& [instance, worker] : scheduler_.workers().workers()) {
    if (worker.name() != input.worker && instance.ToString() != input.worker) continue;
    wait.instances.insert(instance);
    if (input.awaits_replacements) wait.replacements.insert(worker.name());
  }
  for (const Uuid& instance : wait.instances) {
    Worker& worker = *scheduler_.workers().Find(instance);
    worker.drain_reason = input.reason;
    if (worker.session != SessionId(0)) Drain(worker);
  }
  if (wait.instances.empty()) {
    core_.Answer(input.request,
                 absl::NotFoundError(
                     fmt::format("no worker has the name or instance id \"{}\"; orrery worker list "
                                 "shows those that are connected",
                                 input.worker)));
  } else if (input.waits) {
    drain_waits_.push_back(std::move(wait));
  } else {
    core_.Answer(input.request, absl::OkStatus());
  }
}

void Sessions::AnswerDrainWaits() {
  std::erase_if(drain_waits_, [&](const DrainWait& wait) {
    if (wait.is_over()) core_.Answer(wait.request, absl::OkStatus());
    return wait.is_over();
  });
}

void Sessions::Drain(Worker& worker) {
  scheduler_.SetDraining(worker);
  core_.out.free.push_back(DrainWorker{.session = worker.session, .reason = *worker.drain_reason});
}

void Sessions::OnProgressReported(const ProgressReported& input) {
  Worker* worker = scheduler_.workers().FindSession(input.session);
  if (worker == nullptr) return;
  OnStuckSlots(*worker, input.stuck_slots);
  std::set<WorkflowNumber> workflows;
  for (const model::AttemptProgress& report : input.reports) {
    const Attempt* attempt = scheduler_.attempts().Find(report.attempt);
    if (attempt == nullptr || attempt->instance != worker->instance() || attempt->is_abandoned) {
      continue;
    }
    scheduler_.attempts().SetProgress(report.attempt, report.progress);
    workflows.insert(attempt->workflow);
  }
  for (const WorkflowNumber number : workflows) {
    core_.out.free.push_back(TasksProgressed{.id = core_.workflows.Find(number)->id()});
  }
}

void Sessions::OnStuckSlots(Worker& worker, std::uint32_t stuck_slots) {
  worker.stuck_slots = std::min(stuck_slots, worker.description.slots);
  scheduler_.workers().Update(worker);
  if (worker.usable_slots() > 0) return;
  COVERAGE_MARK("worker.all_slots_stuck");
  std::vector<model::AttemptId> revoked = scheduler_.attempts().RevokeAll(worker);
  if (revoked.empty()) return;
  core_.out.free.push_back(
      RevokeAttempts{.session = worker.session, .attempts = std::move(revoked)});
}

void Sessions::OnSessionLost(const SessionLost& input) {
  Worker* worker = scheduler_.workers().FindSession(input.session);
  if (worker == nullptr) return;
  COVERAGE_MARK("session.lost");
  scheduler_.attempts().ClearRevocationsAt(*worker);
  CountFruitless(*worker);
  scheduler_.workers().Disconnect(*worker, core_.now + core_.settings.reconnect_grace);
  if (worker->attempts.empty()) RemoveWorker(worker->instance(), {});
}

void Sessions::RemoveLost() {
  const auto& lost = scheduler_.workers().lost();
  while (!lost.empty() && lost.begin()->first <= core_.now) {
    COVERAGE_MARK("worker.grace_expired");
    RemoveWorker(lost.begin()->second,
                 {.reason = fmt::format("it did not reconnect within {}",
                                        absl::FormatDuration(core_.settings.reconnect_grace))});
  }
}

void Sessions::OnWorkerDied(const WorkerDied& input) {
  if (scheduler_.workers().Find(input.instance) != nullptr) {
    RemoveWorker(input.instance, input.end);
    return;
  }
  recovery_.OnDied(input.instance);
}

void Sessions::RemoveWorker(Uuid instance, const model::WorkerEnd& end) {
  const Worker worker = *scheduler_.workers().Find(instance);
  if (worker.session != SessionId(0)) {
    core_.out.free.push_back(
        CloseSession{.session = worker.session, .reason = "the worker's process has ended"});
  }
  scheduler_.attempts().ClearRevocationsFor(instance);
  scheduler_.Erase(instance);
  core_.Decide(WorkerLeft{instance});
  for (DrainWait& wait : drain_waits_) wait.instances.erase(instance);
  AnswerDrainWaits();
  recovery_.AbandonClaimsOf(instance, "its worker has gone");

  const std::vector<model::AttemptId> lost = PossiblyRunning(worker);
  const bool is_shared = IsShared(worker, lost.size());
  for (const model::AttemptId id : worker.attempts) {
    if (scheduler_.attempts().Find(id) == nullptr) continue;
    const Attempt attempt = scheduler_.attempts().End(id);
    if (attempt.is_abandoned) continue;
    if (std::ranges::find(lost, id) == lost.end()) {
      ReturnNode(attempt);
    } else if (worker.is_leaving) {
      COVERAGE_MARK("worker.ended_while_leaving");
      CountReturn(worker, id, attempt);
    } else {
      LoseAttempt(worker, id, attempt, {.end = end, .is_shared = is_shared});
    }
  }
}

std::vector<model::AttemptId> Sessions::PossiblyRunning(const Worker& worker) const {
  std::vector<model::AttemptId> running;
  for (const model::AttemptId id : worker.attempts) {
    const Attempt* attempt = scheduler_.attempts().Find(id);
    if (attempt == nullptr || attempt->is_abandoned) continue;
    // Only the oldest can have been running: those behind them were waiting for a slot. A task that
    // takes effect at most once is only given to a free slot.
    if (running.size() < worker.usable_slots() || attempt->is_effect_once) running.push_back(id);
  }
  return running;
}

bool Sessions::IsShared(const Worker& worker, std::size_t lost) const {
  const auto abandoned = std::ranges::count_if(worker.attempts, [&](model::AttemptId id) {
    const Attempt* attempt = scheduler_.attempts().Find(id);
    return attempt != nullptr && attempt->is_abandoned;
  });
  return lost + static_cast<std::size_t>(abandoned) + worker.claims + worker.stuck_slots > 1;
}

void Sessions::LoseAttempt(const Worker& worker, model::AttemptId id, const Attempt& attempt,
                           const Loss& loss) {
  Workflow* workflow = core_.workflows.Find(attempt.workflow);
  const NodeKey key{attempt.workflow, workflow->LocationOf(attempt.node)};
  const AttemptOrigin origin = scheduler_.OriginOf(worker, id);
  const model::WorkerEnd& end = loss.end;
  COVERAGE_MARK("worker.attempt_lost");
  if (loss.is_shared) COVERAGE_MARK("worker.attempt_lost_with_others");
  if (end.is_out_of_memory) COVERAGE_MARK("worker.out_of_memory");
  core_.Decide(AttemptLost{.node = key, .origin = origin, .end = end, .is_shared = loss.is_shared});
  if (scheduler_.failures().FindStart(key) != nullptr) {
    scheduler_.FailUncertain(key);
    return;
  }
  const FailureHistory& history = *scheduler_.failures().Find(key);
  const std::uint32_t times = end.is_out_of_memory ? history.out_of_memory : history.workers_lost;
  const Limit& limit =
      end.is_out_of_memory ? core_.settings.out_of_memory : core_.settings.workers_lost;
  if (loss.is_shared || times < limit.max) {
    ReturnNode(attempt);
    return;
  }
  if (end.is_out_of_memory) COVERAGE_MARK("worker.out_of_memory_too_often");
  if (!end.is_out_of_memory) COVERAGE_MARK("worker.lost_too_often");
  core_.Decide(
      NodeFailed{.node = key,
                 .origin = origin,
                 .error = {.kind = end.is_out_of_memory ? model::TaskErrorKind::kOutOfMemory
                                                        : model::TaskErrorKind::kWorkersLost,
                           .message = DescribeLosses(times, worker, end),
                           .output = {.text = end.output, .is_shared = true}}});
}

void Sessions::Release(Worker& worker, model::AttemptId id) {
  const Attempt* held = scheduler_.attempts().Find(id);
  if (held == nullptr) return;
  if (!held->is_abandoned && scheduler_.failures().has_starts()) {
    ReleaseStart({held->workflow, core_.workflows.Find(held->workflow)->LocationOf(held->node)},
                 id);
  }
  const Attempt attempt = scheduler_.attempts().End(id);
  if (attempt.is_abandoned) return;
  if (attempt.was_revoked || worker.is_leaving) {
    ReturnNode(attempt);
    return;
  }
  scheduler_.returned().AddAt(scheduler_.workers(), worker, core_.now);
  CountReturn(worker, id, attempt);
}

void Sessions::ReleaseStart(const NodeKey& node, model::AttemptId id) {
  const AttemptOrigin* start = scheduler_.failures().FindStart(node);
  if (start == nullptr || start->attempt != id) return;
  core_.Decide(AttemptReleased{.node = node, .attempt = id});
}

void Sessions::CountReturn(const Worker& worker, model::AttemptId id, const Attempt& attempt) {
  const Workflow& workflow = *core_.workflows.Find(attempt.workflow);
  NodeKey key{attempt.workflow, workflow.LocationOf(attempt.node)};
  const std::uint32_t times = scheduler_.returned().Add(key, core_.now);
  if (times < core_.settings.node_returns.max || workflow.is_stopping()) {
    ReturnNode(attempt);
    return;
  }
  COVERAGE_MARK("attempt.returned_too_often");
  core_.Decide(NodeFailed{
      .node = std::move(key),
      .origin = scheduler_.OriginOf(worker, id),
      .error = {.kind = model::TaskErrorKind::kWorkersLost,
                .message = fmt::format(
                    "{} attempts were returned by workers without an outcome, the last by {} on "
                    "host {} (process {}); see the log of that worker (limit {})",
                    times, worker.name(), worker.description.host, worker.description.process_id,
                    core_.settings.node_returns.name)}});
}

void Sessions::ReturnNode(const Attempt& attempt) {
  Workflow* workflow = core_.workflows.Find(attempt.workflow);
  CHECK(workflow != nullptr);
  Turn turn = core_.NewTurn();
  turn.is_return = true;
  workflow->TakeBack(attempt.node, turn);
  core_.follow(*workflow, turn);
}

}  // namespace orrery::engine
