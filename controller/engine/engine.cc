#include "controller/engine/engine.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/check.h"
#include "base/overload.h"
#include "base/status_macros.h"
#include "fmt/format.h"
#include "model/attempt_id.h"
#include "model/garbage.h"

namespace orrery::engine {

Engine::Engine(Settings settings, Poison poison) : core_(settings, std::move(poison)) {
  core_.decide = [this](Record record) { Decide(std::move(record)); };
  core_.follow = [this](Workflow& workflow, const Turn& turn) {
    derivation_.Follow(workflow, turn);
  };
}

Output Engine::Step(absl::Time now, Input input) {
  CHECK(now >= core_.now);
  core_.now = now;
  Dispatch(input);
  derivation_.Derive();
  reuses_.RecordKnown();
  while (sessions_.AcceptResolved()) derivation_.Derive();
  reuses_.EndFinished();
  scheduler_.RecordCached();
  scheduler_.FailUncertain();
  scheduler_.Dispatch();
  scheduler_.Balance();
  derivation_.Conclude();
  requests_.DeleteExpired();
  return std::exchange(core_.out, {});
}

void Engine::Dispatch(Input& input) {
  std::visit(Overload{
                 [this](const ControllerStart& what) { On(what); },
                 [this](const Tick& what) { On(what); },
                 [this](const SubmitWorkflow& what) { requests_.OnSubmit(what); },
                 [this](const CancelWorkflow& what) { requests_.OnCancel(what); },
                 [this](const PauseWorkflow& what) { requests_.OnPause(what); },
                 [this](const RerunWorkflow& what) { requests_.OnRerun(what); },
                 [this](const HistoryLoaded& what) { requests_.OnHistoryLoaded(what); },
                 [this](const DeleteWorkflows& what) { requests_.OnDelete(what); },
                 [this](const PoolAnnounced& what) {
                   scheduler_.workers().Announce(what.pool, what.catalog);
                 },
                 [this](const WorkerHello& what) { sessions_.OnWorkerConnected(what); },
                 [this](const WorkerAdmitted& what) { sessions_.OnWorkerAdmitted(what); },
                 [this](const WorkerDraining& what) { sessions_.OnWorkerDraining(what); },
                 [this](const WorkerDied& what) { sessions_.OnWorkerDied(what); },
                 [this](const DrainWorkers& what) { sessions_.OnDrainRequested(what); },
                 [this](const SessionLost& what) { sessions_.OnSessionLost(what); },
                 [this](const ProgressReported& what) { sessions_.OnProgressReported(what); },
                 [this](OutcomesReceived& what) { sessions_.OnOutcomesReceived(what); },
                 [this](AttemptUndeliverable& what) { sessions_.OnAttemptUndeliverable(what); },
                 [this](const AttemptsReleased& what) { sessions_.OnAttemptsReleased(what); },
                 [this](const ValueLoaded& what) { waits_.OnValueLoaded(what); },
                 [this](const ValueStored& what) { waits_.OnValueStored(what); },
             },
             input);
}

void Engine::Decide(Record record) {
  CHECK(!applier_.is_applying());
  const Applier::Result consequence = applier_.Apply(record);
  CHECK(consequence.ok());
  core_.out.records.push_back(std::move(record));
  if (consequence->has_value()) Act(**consequence);
}

void Engine::Act(const Consequence& consequence) {
  Workflow& workflow = *core_.workflows.Find(consequence.workflow);
  if (consequence.turn.has_value()) {
    derivation_.Follow(workflow, *consequence.turn);
  } else {
    derivation_.OnPauseChanged(workflow);
  }
}

absl::StatusOr<Output> Engine::Replay(const Record& record, const ValueReader& read) {
  CHECK(is_replaying_);
  core_.now = std::max(core_.now, record.at);
  const std::optional<OpenNode> open = replayer_.CatchUp(record, read);
  ASSIGN_OR_RETURN(const std::optional<Consequence> consequence, applier_.Apply(record, open));
  if (consequence.has_value()) Act(*consequence);
  derivation_.Derive();
  derivation_.ReportProgress();
  Output output = std::exchange(core_.out, {});
  CHECK(output.records.empty());
  // Replayed records are durable: no effect has to wait.
  std::ranges::move(output.gated, std::back_inserter(output.free));
  output.gated.clear();
  return output;
}

void Engine::On(const ControllerStart& input) {
  CHECK(is_replaying_);
  is_replaying_ = false;
  std::erase_if(core_.poison.held, [&](const auto& held) {
    const Workflow* workflow = core_.workflows.Find(held.first);
    if (workflow != nullptr && workflow->number() == held.second) return false;
    // A submission or a rerun that was never recorded. An earlier run of the workflow may be known.
    if (workflow == nullptr || workflow->number() < held.second) {
      core_.poison.refused.insert(held.first);
    }
    return true;
  });
  scheduler_.BeginEpoch(input.first_attempt);
  core_.Decide(ControllerStarted{.epoch = core_.epoch + 1});
  recovery_.Begin();
  derivation_.GoLive();
  derivation_.ResumeAll();
  reuses_.RequestHistories();
}

void Engine::On(const Tick&) {
  recovery_.EndGrace();
  sessions_.RemoveLost();
  waits_.WakeSleepers();
  waits_.DrawNumbers();
  scheduler_.RetryDelayed();
  scheduler_.FailOverdue();
}

std::optional<absl::Time> Engine::NextDeadline() const {
  if (reuses_.has_known()) return core_.now;
  const absl::Time next = std::min(
      {core_.deriving.NextTime(core_.now), recovery_.awaited_until(), waits_.NextDeadline(),
       scheduler_.NextDeadline(),
       core_.workflows.finished().NextExpiry(core_.settings.retention, reuses_.SourcesInUse())});
  if (next == absl::InfiniteFuture()) return std::nullopt;
  return next;
}

std::vector<model::WorkerInfo> Engine::Workers() const {
  std::vector<model::WorkerInfo> workers;
  for (const auto& [instance, worker] : scheduler_.workers().workers()) {
    const std::size_t tasks = worker.description.catalog->tasks.size();
    workers.push_back({.description = worker.description,
                       .task_count = static_cast<std::uint32_t>(tasks),
                       .attempts = static_cast<std::uint32_t>(worker.attempts.size()),
                       .state = worker.state,
                       .connected_at = worker.connected_at,
                       .stuck_slots = worker.stuck_slots,
                       .draining_since = worker.draining_since});
  }
  return workers;
}

std::vector<Uuid> Engine::HeldWorkflows() const {
  std::vector<Uuid> held;
  for (const auto& [id, number] : core_.poison.held) {
    const Workflow* workflow = core_.workflows.Find(number);
    if (workflow != nullptr && workflow->is_held() && !workflow->is_settled()) held.push_back(id);
  }
  return held;
}

std::optional<WorkflowNumber> Engine::FindNumber(const Uuid& workflow) const {
  const Workflow* found = core_.workflows.Find(workflow);
  if (found == nullptr) return std::nullopt;
  return found->number();
}

std::vector<WorkflowNumber> Engine::FindExpired(absl::Time now,
                                                const model::Retention& retention) const {
  const FinishedWorkflows& finished = core_.workflows.finished();
  return finished.FindExpired(now, retention, reuses_.SourcesInUse(), finished.count());
}

StoreRoots Engine::FindRoots() const {
  return {.sources = reuses_.SourcesInUse(),
          .derived = core_.workflows.DerivedBlobs(),
          .awaits_workers = recovery_.is_waiting()};
}

absl::Status Engine::CheckInvariants() const {
  for (const Workflow* workflow : core_.workflows.All()) {
    RETURN_IF_ERROR(workflow->CheckInvariants());
    if (!is_replaying_) RETURN_IF_ERROR(CheckWorkflow(*workflow));
  }
  RETURN_IF_ERROR(CheckHeldAttempts());
  return scheduler_.attempts().CheckInvariants();
}

absl::Status Engine::CheckWorkflow(const Workflow& workflow) const {
  const std::size_t placed = scheduler_.ready().CountOf(workflow.number());
  if (!workflow.is_stopping() && placed != workflow.counts().ready) {
    return absl::InternalError(fmt::format("workflow {} has {} ready nodes, {} have a place",
                                           workflow.id().ToString(), workflow.counts().ready,
                                           placed));
  }
  if (derivation_.HasFailed(workflow) && !recovery_.is_waiting() &&
      !reuses_.Has(workflow.number())) {
    return absl::InternalError(
        fmt::format("workflow {} has failed and nothing runs, yet it is not settled",
                    workflow.id().ToString()));
  }
  return absl::OkStatus();
}

absl::Status Engine::CheckHeldAttempts() const {
  std::size_t held = 0;
  std::size_t claimed = 0;
  for (const auto& [instance, worker] : scheduler_.workers().workers()) {
    claimed += worker.claims;
    if (recovery_.FindJoined(instance) == nullptr) {
      return absl::InternalError(
          fmt::format("worker {} is known but was never recorded", instance.ToString()));
    }
    for (const model::AttemptId id : worker.attempts) {
      const Attempt* attempt = scheduler_.attempts().Find(id);
      const bool is_mine = attempt != nullptr && attempt->instance == instance;
      if (!is_mine && !recovery_.HasClaim(id)) {
        return absl::InternalError(fmt::format("attempt {} is held by worker {} but nowhere else",
                                               id.ToString(), instance.ToString()));
      }
      ++held;
    }
  }
  if (claimed != recovery_.claim_count() ||
      held != scheduler_.attempts().size() + recovery_.claim_count()) {
    return absl::InternalError(
        fmt::format("{} attempts and {} claims exist, workers hold {} and count {} claims",
                    scheduler_.attempts().size(), recovery_.claim_count(), held, claimed));
  }
  return absl::OkStatus();
}

Digest Engine::StateDigest() const {
  std::string state =
      fmt::format("epoch {} workflows {}\n", core_.epoch, core_.workflows.last_number().value());
  core_.workflows.AppendState(state);
  recovery_.AppendState(state);
  reuses_.AppendState(state);
  scheduler_.failures().AppendState(state);
  waits_.AppendState(state);
  scheduler_.cache().AppendState(state);
  return Sha256(state);
}

}  // namespace orrery::engine
