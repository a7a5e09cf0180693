// Ready nodes to workers with room.
#include <utility>

#include "base/check.h"
#include "controller/engine/cache/call.h"
#include "controller/engine/engine_impl.h"
#include "fmt/format.h"

namespace orrery::engine {

void Engine::Impl::Enqueue(const Workflow& workflow, NodeRef node, QueueEntry entry) {
  const ReadyNode ready{workflow.number(), node};
  if (!started_.empty() && started_.contains({workflow.number(), workflow.LocationOf(node)})) {
    held_.uncertain.insert(ready);
    return;
  }
  if (workflow.is_paused()) {
    held_.paused.insert(ready);
    return;
  }
  if (!troubles_.empty()) {
    const auto troubles = troubles_.find({workflow.number(), workflow.LocationOf(node)});
    if (troubles != troubles_.end() && troubles->second.retry_at > now_) {
      held_.delayed.Set(ready, troubles->second.retry_at);
      return;
    }
  }
  if (HoldForCache(workflow, node)) return;
  ready_[workers_.KindOf(workflow.FunctionNameOf(node))].Push(ready, entry);
  if (const auto timeout = workflow.PolicyOf(node).queue_timeout; timeout.has_value()) {
    queue_deadlines_.Set(ready, now_ + *timeout);
  }
}

void Engine::Impl::Dequeue(const Workflow& workflow, NodeRef node) {
  const ReadyNode ready{workflow.number(), node};
  if (held_.Remove(ready)) return;
  if (const auto phase = reusing_.find(workflow.number()); phase != reusing_.end()) {
    phase->second.known.erase(node);
    phase->second.unknown.erase(node);
    return;
  }
  const auto queue = ready_.find(workers_.KindOf(workflow.FunctionNameOf(node)));
  if (queue == ready_.end()) return;
  queue->second.Remove(ready);
  queue_deadlines_.Clear(ready);
  if (queue->second.empty()) ready_.erase(queue);
}

void Engine::Impl::ClearQueues(WorkflowNumber workflow) {
  for (auto it = ready_.begin(); it != ready_.end();) {
    it->second.RemoveWorkflow(workflow);
    it = it->second.empty() ? ready_.erase(it) : std::next(it);
  }
  held_.RemoveWorkflow(workflow);
  queue_deadlines_.ClearWorkflow(workflow);
}

void Engine::Impl::FailUncertain() {
  while (!held_.uncertain.empty()) {
    const ReadyNode ready = *held_.uncertain.begin();
    held_.uncertain.erase(held_.uncertain.begin());
    FailUncertain({ready.workflow, FindWorkflow(ready.workflow)->LocationOf(ready.node)});
  }
}

void Engine::Impl::FailUncertain(const NodeKey& node) {
  COVERAGE_MARK("effect_once.may_have_taken_effect");
  const AttemptOrigin origin = started_.at(node);
  std::string what =
      fmt::format("worker {} on host {} had it and did not reconnect", origin.worker, origin.host);
  OutputTail output;
  const auto troubles = troubles_.find(node);
  if (troubles != troubles_.end() && troubles->second.attempts.back().attempt == origin.attempt) {
    what = troubles->second.attempts.back().message;
    output = troubles->second.attempts.back().output;
  }
  Decide(NodeFailed{.node = node,
                    .origin = origin,
                    .error = {.kind = TaskErrorKind::kWorkersLost,
                              .message = fmt::format(
                                  "{}; it takes effect at most once and may have taken effect, "
                                  "so it is not run again by itself: find out, then resume or "
                                  "restart the workflow",
                                  what),
                              .output = std::move(output)}});
}

void Engine::Impl::RetryDelayed() {
  while (const std::optional<ReadyNode> due = held_.delayed.PopDue(now_)) {
    Enqueue(*FindWorkflow(due->workflow), due->node);
  }
}

void Engine::Impl::FailOverdue() {
  while (const std::optional<ReadyNode> overdue = queue_deadlines_.PopDue(now_)) {
    const Workflow& workflow = *FindWorkflow(overdue->workflow);
    const std::string_view function_name = workflow.FunctionNameOf(overdue->node);
    const std::string reason = WhyQueued(workers_.KindOf(function_name));
    Dequeue(workflow, overdue->node);
    Decide(NodeFailed{
        .node = {overdue->workflow, workflow.LocationOf(overdue->node)},
        .origin = {},
        .error = {
            .kind = TaskErrorKind::kTimeout,
            .message = fmt::format(
                "no worker took {} within its queue timeout of {}; it waited {}", function_name,
                absl::FormatDuration(*workflow.PolicyOf(overdue->node).queue_timeout), reason)}});
  }
}

void Engine::Impl::Dispatch() {
  // One of each kind in turn, over several calls, so that no task starves another at a shared
  // worker whose slots become free one by one.
  for (std::size_t without_worker = 0; without_worker < ready_.size();) {
    auto it = ready_.upper_bound(last_kind_);
    if (it == ready_.end()) it = ready_.begin();
    const TaskKindId kind = last_kind_ = it->first;
    Worker* worker = workers_.ChooseFor(kind, settings_);
    if (worker == nullptr) {
      ++without_worker;
      continue;
    }
    const std::optional<ReadyNode> ready = it->second.Pop();
    CHECK(ready.has_value());
    if (it->second.empty()) ready_.erase(it);
    queue_deadlines_.Clear(*ready);
    // Another may have made its outcome since it became ready.
    if (!HoldForCache(*FindWorkflow(ready->workflow), ready->node)) Assign(kind, *worker, *ready);
    without_worker = 0;
  }
}

void Engine::Impl::Assign(TaskKindId kind, Worker& worker, const ReadyNode& ready) {
  Workflow& workflow = *FindWorkflow(ready.workflow);
  const AttemptId id{epoch_, ++last_attempt_};
  const Digest inputs_digest = DigestInputsOf(workflow, ready.node);
  attempts_.Begin(id,
                  {.workflow = ready.workflow,
                   .node = ready.node,
                   .instance = worker.instance,
                   .inputs_digest = inputs_digest,
                   .kind = kind},
                  now_);
  workflow.MarkRunning(ready.node);
  changed_.insert(ready.workflow);

  const std::shared_ptr<const CompiledGraph>& graph = workflow.frame(ready.node.frame).body.graph;
  const graph::Location location = workflow.LocationOf(ready.node);
  if (settings_.shows_nodes) {
    out_.gated.push_back(NodeStarted{
        .workflow = workflow.id(), .location = location, .graph = graph, .node = ready.node.node});
  }
  const bool is_effect_once = workers_.IsEffectOnce(kind);
  if (is_effect_once) {
    COVERAGE_MARK("effect_once.started");
    Decide(AttemptStarted{.node = {ready.workflow, location}, .origin = OriginOf(worker, id)});
  }
  // Nobody may run what is not known to have been started, so that nobody runs it twice.
  (is_effect_once ? out_.gated : out_.free)
      .push_back(AssignAttempt{
          .session = worker.session,
          .attempt = id,
          .workflow = workflow.id(),
          .location = location,
          .graph = graph,
          .node = ready.node.node,
          .task_index = WorkerTable::TaskIndex(worker, kind),
          .inputs = workflow.InputsOf(ready.node),
          .inputs_digest = inputs_digest,
          .run_timeout =
              workflow.PolicyOf(ready.node).run_timeout.value_or(absl::InfiniteDuration())});
}

}  // namespace orrery::engine
