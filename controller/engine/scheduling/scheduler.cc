#include "controller/engine/scheduling/scheduler.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "base/check.h"
#include "base/coverage_mark.h"
#include "controller/engine/cache/call.h"
#include "fmt/format.h"
#include "model/attempt_id.h"
#include "model/outcome.h"
#include "model/worker.h"

namespace orrery::engine {

Worker& Scheduler::Connect(const WorkerHello& hello) {
  Worker& worker = workers_.Connect(hello, core_.now);
  QueueDisplaced();
  return worker;
}

void Scheduler::Erase(const Uuid& instance) {
  workers_.Erase(instance);
  QueueDisplaced();
}

void Scheduler::SetDraining(Worker& worker) {
  worker.state = model::WorkerState::kDraining;
  worker.is_leaving = true;
  if (worker.draining_since == absl::InfinitePast()) worker.draining_since = core_.now;
  workers_.Update(worker);
  QueueDisplaced();
}

void Scheduler::QueueDisplaced() {
  for (const TaskKindId kind : workers_.groups().TakeDisplaced()) {
    ready_.Redistribute(kind, [this](const ReadyNode& node) {
      return KindOf(*core_.workflows.Find(node.workflow), node.node);
    });
  }
}

std::optional<TaskKindId> Scheduler::FindKind(const Workflow& workflow, NodeRef node) const {
  const std::optional<TaskKindId> kind = workers_.FindKind(workflow, node);
  return kind.has_value() ? kind : workers_.groups().FindUnoffered(workflow.FunctionNameOf(node));
}

TaskKindId Scheduler::KindOf(const Workflow& workflow, NodeRef node) {
  const std::optional<TaskKindId> kind = workers_.FindKind(workflow, node);
  return kind.has_value() ? *kind : workers_.groups().UnofferedKind(workflow.FunctionNameOf(node));
}

void Scheduler::Enqueue(const Workflow& workflow, NodeRef node, QueueEntry entry) {
  const ReadyNode ready{workflow.number(), node};
  bool is_alone = false;
  if (!failures_.empty() || failures_.has_starts() || returned_.has_nodes()) {
    const NodeKey key{workflow.number(), workflow.LocationOf(node)};
    if (failures_.FindStart(key) != nullptr) {
      ready_.Hold(ready, Uncertain());
      return;
    }
    const FailureHistory* history = failures_.Find(key);
    absl::Time retry_at = returned_.RetryAt(key);
    if (history != nullptr) {
      retry_at = std::max(retry_at, history->retry_at);
      is_alone = MustRunAlone(key);
    }
    if (retry_at > core_.now && !workflow.is_paused()) {
      ready_.Hold(ready, Delayed{retry_at});
      return;
    }
  }
  if (workflow.is_paused()) {
    ready_.Hold(ready, Paused());
    return;
  }
  if (cache_.Find(workflow, node) != nullptr) {
    ready_.Hold(ready, Cached());
    return;
  }
  const auto timeout = workflow.PolicyOf(node).queue_timeout;
  const auto deadline = timeout.has_value() ? std::optional(core_.now + *timeout) : std::nullopt;
  if (is_alone) {
    COVERAGE_MARK("node.must_run_alone");
    ready_.Hold(ready, Alone{deadline});
    return;
  }
  ready_.Queue(KindOf(workflow, node), ready, entry, deadline);
}

void Scheduler::Dequeue(const Workflow& workflow, NodeRef node) {
  ready_.Remove({workflow.number(), node}, FindKind(workflow, node));
}

void Scheduler::OnPauseChanged(const Workflow& workflow) {
  const WorkflowNumber number = workflow.number();
  if (workflow.is_paused()) {
    for (const ReadyNode& node : ready_.TakeQueued(number)) ready_.Hold(node, Paused());
    for (const ReadyNode& node : ready_.TakeHeld<Alone>(number)) ready_.Hold(node, Paused());
  } else {
    for (const ReadyNode& node : ready_.TakeHeld<Paused>(number)) Enqueue(workflow, node.node);
  }
}

void Scheduler::Abandon(WorkflowNumber workflow,
                        const std::function<bool(const Attempt&)>& is_superfluous,
                        const std::string& reason) {
  for (const model::AttemptId id : attempts_.Of(workflow)) {
    Attempt& attempt = *attempts_.Find(id);
    if (attempt.is_abandoned || !is_superfluous(attempt)) continue;
    COVERAGE_MARK("attempt.abandoned");
    attempt.is_abandoned = true;
    const Worker& worker = *workers_.Find(attempt.instance);
    if (worker.session == SessionId(0)) continue;
    // Its assignment may still wait to be durable, and must not come after this.
    (attempt.is_effect_once ? core_.out.gated : core_.out.free)
        .push_back(CancelAttempt{.session = worker.session, .attempt = id, .reason = reason});
  }
}

bool Scheduler::MustRunAlone(const NodeKey& node) const {
  const FailureHistory* history = failures_.Find(node);
  return history != nullptr && history->shared_losses >= core_.settings.shared_losses.max;
}

void Scheduler::Adopt(model::AttemptId id, Attempt attempt) {
  Workflow& workflow = *core_.workflows.Find(attempt.workflow);
  attempt.is_alone = MustRunAlone({attempt.workflow, workflow.LocationOf(attempt.node)});
  workflow.MarkRunning(attempt.node);
  attempts_.Begin(id, attempt, core_.now);
  core_.changed.insert(attempt.workflow);
}

AttemptOrigin Scheduler::OriginOf(const Worker& worker, model::AttemptId attempt) const {
  return {.attempt = attempt,
          .instance = worker.instance(),
          .worker = worker.name(),
          .host = worker.description.host,
          .started_at = core_.now,
          .finished_at = core_.now};
}

void Scheduler::FailUncertain() {
  while (const std::optional<ReadyNode> ready = ready_.PopHeld<Uncertain>()) {
    FailUncertain(
        {ready->workflow, core_.workflows.Find(ready->workflow)->LocationOf(ready->node)});
  }
}

void Scheduler::FailUncertain(const NodeKey& node) {
  COVERAGE_MARK("effect_once.may_have_taken_effect");
  const AttemptOrigin origin = *failures_.FindStart(node);
  std::string what =
      fmt::format("worker {} on host {} had it and did not reconnect", origin.worker, origin.host);
  model::OutputTail output;
  const FailureHistory* history = failures_.Find(node);
  if (history != nullptr && history->attempts.back().attempt == origin.attempt) {
    what = history->attempts.back().message;
    output = history->attempts.back().output;
  }
  core_.Decide(NodeFailed{
      .node = node,
      .origin = origin,
      .error = {
          .kind = model::TaskErrorKind::kWorkersLost,
          .message = fmt::format("{}; it takes effect at most once and may have taken effect, "
                                 "so it is not run again by itself: find out, then resume or "
                                 "restart the workflow",
                                 what),
          .output = std::move(output)}});
}

void Scheduler::RetryDelayed() {
  returned_.EndRests(workers_, core_.now);
  while (const std::optional<ReadyNode> due = ready_.PopDelayed(core_.now)) {
    Enqueue(*core_.workflows.Find(due->workflow), due->node);
  }
}

void Scheduler::FailOverdue() {
  while (const std::optional<ReadyNode> overdue = ready_.PopOverdue(core_.now)) {
    const Workflow& workflow = *core_.workflows.Find(overdue->workflow);
    const std::string_view function_name = workflow.FunctionNameOf(overdue->node);
    const std::string reason = workers_.DescribeShortage(KindOf(workflow, overdue->node));
    Dequeue(workflow, overdue->node);
    core_.Decide(NodeFailed{
        .node = {overdue->workflow, workflow.LocationOf(overdue->node)},
        .origin = {},
        .error = {
            .kind = model::TaskErrorKind::kTimeout,
            .message = fmt::format(
                "no worker took {} within its queue timeout of {}; it waited {}", function_name,
                absl::FormatDuration(*workflow.PolicyOf(overdue->node).queue_timeout), reason)}});
  }
}

void Scheduler::RecordCached() {
  for (std::uint64_t steps = core_.settings.nodes_per_step(); steps > 0; --steps) {
    const std::optional<ReadyNode> ready = ready_.PopHeld<Cached>();
    if (!ready.has_value()) return;
    const Workflow& workflow = *core_.workflows.Find(ready->workflow);
    if (cache_.Find(workflow, ready->node) == nullptr) {  // Gone meanwhile.
      Enqueue(workflow, ready->node);
      continue;
    }
    core_.Decide(cache_.Reuse(workflow, ready->node));
  }
}

void Scheduler::DispatchAlone() {
  if (Worker* kept = kept_free_.has_value() ? workers_.Find(*kept_free_) : nullptr) {
    kept->is_kept_free = false;
    workers_.Update(*kept);
  }
  kept_free_.reset();
  if (!ready_.has_held<Alone>()) return;
  const std::set<ReadyNode> waiting = ready_.Held<Alone>();
  std::set<TaskKindId> without_worker;
  for (const ReadyNode& ready : waiting) {
    const std::optional<TaskKindId> kind =
        workers_.FindKind(*core_.workflows.Find(ready.workflow), ready.node);
    if (!kind.has_value() || without_worker.contains(*kind)) continue;
    Worker* worker = workers_.ChooseAlone(*kind);
    if (worker != nullptr && worker->given_attempts() == 0) {
      ready_.Remove(ready, kind);
      Give(*kind, *worker, ready, /*is_alone=*/true);
      continue;
    }
    without_worker.insert(*kind);
    if (worker == nullptr || kept_free_.has_value()) continue;
    COVERAGE_MARK("worker.kept_free");
    worker->is_kept_free = true;
    workers_.Update(*worker);
    kept_free_ = worker->instance();
  }
}

void Scheduler::Give(TaskKindId kind, const Worker& worker, const ReadyNode& ready, bool is_alone) {
  // Another may have made its outcome since it became ready.
  if (cache_.Find(*core_.workflows.Find(ready.workflow), ready.node) != nullptr) {
    ready_.Hold(ready, Cached());
  } else {
    Assign(kind, worker, ready, is_alone);
  }
}

void Scheduler::Dispatch() {
  DispatchAlone();
  // One of each kind in turn, over several calls, so that no task starves another at a shared
  // worker whose slots become free one by one.
  while (const std::optional<TaskKindId> kind = NextKind()) {
    Give(*kind, *workers_.Find(*workers_.groups().Choose(*kind)), ready_.Pop(*kind));
  }
}

std::optional<TaskKindId> Scheduler::NextKind() {
  if (!ready_.has_queued()) return std::nullopt;
  workers_.Settle();
  return workers_.groups().NextKind();
}

void Scheduler::Assign(TaskKindId kind, const Worker& worker, const ReadyNode& ready,
                       bool is_alone) {
  Workflow& workflow = *core_.workflows.Find(ready.workflow);
  const model::AttemptId id{core_.epoch, ++last_attempt_};
  const Digest inputs_digest = DigestInputsOf(workflow, ready.node);
  attempts_.Begin(id,
                  {.workflow = ready.workflow,
                   .node = ready.node,
                   .instance = worker.instance(),
                   .inputs_digest = inputs_digest,
                   .kind = kind,
                   .is_alone = is_alone},
                  core_.now);
  workflow.MarkRunning(ready.node);
  core_.changed.insert(ready.workflow);

  const std::shared_ptr<const CompiledGraph>& graph = workflow.frame(ready.node.frame).body.graph;
  const graph::Location location = workflow.LocationOf(ready.node);
  if (core_.settings.shows_nodes) {
    core_.out.gated.push_back(NodeStarted{
        .workflow = workflow.id(), .location = location, .graph = graph, .node = ready.node.node});
  }
  const bool is_effect_once = workers_.IsEffectOnce(kind);
  if (is_effect_once) {
    COVERAGE_MARK("effect_once.started");
    core_.Decide(
        AttemptStarted{.node = {ready.workflow, location}, .origin = OriginOf(worker, id)});
  }
  // Nobody may run what is not known to have been started, so that nobody runs it twice.
  (is_effect_once ? core_.out.gated : core_.out.free)
      .push_back(AssignAttempt{
          .session = worker.session,
          .attempt = id,
          .workflow = workflow.id(),
          .location = location,
          .graph = graph,
          .node = ready.node.node,
          .task_index = workers_.TaskIndex(worker, kind),
          .inputs = workflow.InputsOf(ready.node),
          .inputs_digest = inputs_digest,
          .run_timeout =
              workflow.PolicyOf(ready.node).run_timeout.value_or(absl::InfiniteDuration())});
}

void Scheduler::Balance() {
  std::ranges::move(attempts_.Balance(core_.now), std::back_inserter(core_.out.free));
}

absl::Time Scheduler::NextDeadline() const {
  if (ready_.has_held<Cached>()) return core_.now;
  const absl::Time next =
      std::min({ready_.next_time(), attempts_.next_balance(), returned_.next_rest_end()});
  return workers_.lost().empty() ? next : std::min(next, workers_.lost().begin()->first);
}

}  // namespace orrery::engine
