// Questions to the engine, and what must hold between its steps.
#include <algorithm>
#include <concepts>

#include "base/digest.h"
#include "base/instant.h"
#include "controller/engine/engine_impl.h"
#include "fmt/format.h"
#include "graph/task.h"

namespace orrery::engine {
namespace {

std::string NodesWait(std::integral auto count) {
  return count == 1 ? "1 node waits" : fmt::format("{} nodes wait", count);
}

}  // namespace

std::vector<WorkerSnapshot> EngineState::Workers() const {
  std::vector<WorkerSnapshot> snapshots;
  for (const auto& [instance, worker] : workers_.workers()) {
    snapshots.push_back({.instance = instance,
                         .worker = worker.name(),
                         .host = worker.host,
                         .process_id = worker.process_id,
                         .slots = worker.slots,
                         .attempts = static_cast<std::uint32_t>(worker.attempts.size()),
                         .presence = worker.presence,
                         .connected_at = worker.connected_at,
                         .catalog = worker.catalog,
                         .labels = worker.labels,
                         .sdk_version = worker.sdk_version});
  }
  return snapshots;
}

std::string Engine::Impl::WhyQueued(TaskKindId kind) const {
  const std::string_view name = workers_.KindName(kind);
  const graph::TaskName parts = graph::SplitFunctionName(name);
  if (workers_.IsOffered(kind)) {
    return fmt::format("for a free slot at a worker that offers {}", name);
  }
  if (workers_.HasWorkerNamed(parts.worker)) {
    return fmt::format("for task {}: worker {} is connected but does not offer it", name,
                       parts.worker);
  }
  if (const std::string* pool = workers_.FindPool(parts.worker)) {
    return fmt::format("for task {}: no worker of pool {} is connected yet", name, *pool);
  }
  return fmt::format("for task {}: no worker named {} is connected", name, parts.worker);
}

std::vector<std::string> Engine::Impl::WaitingFor(const Uuid& id) const {
  std::vector<std::string> reasons;
  const Workflow* workflow = FindWorkflow(id);
  if (workflow == nullptr || workflow->is_settled()) return reasons;
  const WorkflowNumber number = workflow->number();
  if (reusing_.contains(workflow->number())) {
    reasons.emplace_back("what its earlier run left is being taken over");
  }
  if (workflow->is_paused()) {
    reasons.push_back(fmt::format(
        "it is paused{}; orrery unpause lets it go on",
        held_.paused.empty() ? "" : fmt::format(", {}", NodesWait(held_.CountPaused(number)))));
  }
  const auto held_back = std::ranges::count(held_.recovering, number, &ReadyNode::workflow);
  if (held_back > 0) {
    reasons.push_back(fmt::format(
        "{} until {} for {} connected before the controller restarted and may hold them",
        NodesWait(held_back), FormatInstant(recovery_.awaited_until),
        recovery_.awaited.size() == 1
            ? "1 worker that was"
            : fmt::format("{} workers that were", recovery_.awaited.size())));
  }
  for (const auto& [kind, queue] : ready_) {
    const std::size_t count = queue.CountOf(number);
    if (count > 0) reasons.push_back(fmt::format("{} {}", NodesWait(count), WhyQueued(kind)));
  }
  const std::size_t delayed = held_.CountDelayed(number);
  if (delayed > 0) {
    reasons.push_back(fmt::format("{} to be tried again after an error", NodesWait(delayed)));
  }
  const auto sleepers = std::ranges::count_if(outside_.sleeping, [&](const auto& entry) {
    return entry.first.workflow == workflow->number();
  });
  if (sleepers > 0) {
    const auto first = std::ranges::find(outside_.alarms, workflow->number(),
                                         [](const auto& alarm) { return alarm.second.workflow; });
    reasons.push_back(fmt::format("{} for time to pass, the first until {}", NodesWait(sleepers),
                                  FormatInstant(first->first)));
  }
  for (const auto& [digest, nodes] : outside_.loading) {
    const auto count = std::ranges::count(nodes, workflow->number(), &ReadyNode::workflow);
    if (count > 0) {
      reasons.push_back(fmt::format("{} for value {}", NodesWait(count), digest.ToHex()));
    }
  }
  return reasons;
}

std::vector<TaskReport> Engine::Impl::Progress(const Uuid& id) const {
  std::vector<TaskReport> reports;
  const Workflow* workflow = FindWorkflow(id);
  if (workflow == nullptr) return reports;
  for (const auto& [attempt_id, attempt] : attempts_.ReportedOf(workflow->number())) {
    if (attempt->is_abandoned) continue;
    reports.push_back({.location = workflow->LocationOf(attempt->node),
                       .function_name = std::string(workflow->FunctionNameOf(attempt->node)),
                       .attempt = attempt_id,
                       .progress = *attempt->progress});
  }
  std::ranges::sort(reports, {}, &TaskReport::location);
  if (reports.size() > kTaskReportsMax) reports.resize(kTaskReportsMax);
  return reports;
}

absl::StatusOr<LoopTrace> Engine::Impl::Trace(const Uuid& id, std::string_view loop,
                                              std::uint64_t offset, std::uint64_t limit) const {
  const Workflow* workflow = FindWorkflow(id);
  if (workflow == nullptr) {
    return absl::NotFoundError(fmt::format("there is no workflow {}", id.ToString()));
  }
  std::vector<const TraceLog*> found;
  std::string known;
  for (const auto& [location, trace] : workflow->traces()) {
    const std::string place = location.ToString();
    if (trace.name == loop || place == loop) found.push_back(&trace);
    known += fmt::format("{}{} at {}", known.empty() ? "" : ", ", trace.name, place);
  }
  if (found.size() != 1) {
    return absl::NotFoundError(fmt::format(
        "workflow {} has {} loop \"{}\" with a trace; {}", id.ToString(),
        found.empty() ? "no" : "more than one", loop,
        known.empty() ? "no named loop has started in it" : fmt::format("it has {}", known)));
  }
  const TraceLog& trace = *found.front();
  LoopTrace page{.total = trace.iterations, .iterations = {}};
  const std::uint64_t first = std::min(offset, trace.iterations);
  const std::uint64_t last = first + std::min(limit, trace.iterations - first);
  for (std::uint64_t i = first; i < last; ++i) {
    Outputs& outputs = page.iterations.emplace_back();
    for (const auto& [name, values] : trace.outputs) {
      if (graph::ValuePtr value = values.Get(i)) outputs.push_back({name, std::move(value)});
    }
  }
  return page;
}

std::optional<WorkflowNumber> EngineState::FindNumber(const Uuid& workflow) const {
  const Workflow* found = FindWorkflow(workflow);
  if (found == nullptr) return std::nullopt;
  return found->number();
}

std::set<WorkflowNumber> EngineState::SourcesInUse() const {
  std::set<WorkflowNumber> sources;
  for (const auto& [number, phase] : reusing_) sources.insert(phase.source);
  for (const auto& [source, requests] : rerun_requests_) sources.insert(source);
  return sources;
}

std::vector<WorkflowNumber> EngineState::FindExpired(absl::Time now,
                                                     const Retention& retention) const {
  return finished_.FindExpired(now, retention, SourcesInUse(), finished_.count());
}

StoreRoots EngineState::FindRoots() const {
  StoreRoots roots{.sources = SourcesInUse(), .derived = {}, .awaits_workers = is_recovering()};
  for (const auto& [number, blobs] : derived_blobs_) {
    roots.derived.insert(roots.derived.end(), blobs.begin(), blobs.end());
  }
  return roots;
}

absl::Status Engine::Impl::CheckInvariants() const {
  for (const auto& [number, workflow] : workflows_) {
    if (absl::Status status = workflow->CheckInvariants(); !status.ok()) return status;
    std::uint64_t queued = 0;
    for (const auto& [kind, queue] : ready_) queued += queue.CountOf(number);
    if (const auto phase = reusing_.find(number); phase != reusing_.end()) {
      queued += phase->second.known.size() + phase->second.unknown.size();
    }
    queued += held_.CountOf(number);
    if (!is_replaying_ && !workflow->is_stopping() && queued != workflow->counts().ready) {
      return absl::InternalError(fmt::format("workflow {} has {} ready nodes, {} are queued",
                                             workflow->id().ToString(), workflow->counts().ready,
                                             queued));
    }
    if (HasFailed(*workflow) && !is_replaying_ && !is_recovering() && !reusing_.contains(number)) {
      return absl::InternalError(
          fmt::format("workflow {} has failed and nothing runs, yet it "
                      "is not settled",
                      workflow->id().ToString()));
    }
  }
  std::size_t held = 0;
  std::size_t claimed = 0;
  for (const auto& [instance, worker] : workers_.workers()) {
    claimed += worker.claims;
    if (!joined_.contains(instance)) {
      return absl::InternalError(
          fmt::format("worker {} is known but was never recorded", instance.ToString()));
    }
    for (const AttemptId id : worker.attempts) {
      const Attempt* attempt = attempts_.Find(id);
      const bool is_mine = attempt != nullptr && attempt->instance == instance;
      if (!is_mine && !recovery_.claim_of.contains(id)) {
        return absl::InternalError(
            fmt::format("attempt {}.{} is held by worker {} but nowhere "
                        "else",
                        id.epoch, id.number, instance.ToString()));
      }
      ++held;
    }
  }
  if (claimed != recovery_.claims.size()) {
    return absl::InternalError(
        fmt::format("{} claims exist, workers count {}", recovery_.claims.size(), claimed));
  }
  if (held != attempts_.size() + recovery_.claims.size()) {
    return absl::InternalError(fmt::format("{} attempts and {} claims exist, workers hold {}",
                                           attempts_.size(), recovery_.claims.size(), held));
  }
  return attempts_.CheckInvariants();
}

Digest EngineState::StateDigest() const {
  std::string state = fmt::format("epoch {} workflows {}\n", epoch_, last_workflow_);
  for (const auto& [number, workflow] : workflows_) {
    workflow->AppendState(state);
    state += submissions_.at(number).ToHex();
  }
  for (const auto& [instance, dies] : joined_) {
    state += fmt::format("worker {} {}\n", instance.ToString(), dies);
  }
  for (const auto& [number, phase] : reusing_) {
    state += fmt::format("reusing {} {}\n", number.value(), phase.source.value());
  }
  for (const auto& [key, troubles] : troubles_) {
    state += fmt::format("troubles {} {} {} {} {} {}\n", key.workflow.value(),
                         key.location.ToString(), troubles.workers_lost, troubles.out_of_memory,
                         troubles.errors, absl::ToUnixNanos(troubles.retry_at));
  }
  for (const auto& [key, origin] : started_) {
    state += fmt::format("started {} {} {}.{}\n", key.workflow.value(), key.location.ToString(),
                         origin.attempt.epoch, origin.attempt.number);
  }
  for (const auto& [key, until] : outside_.sleeping) {
    state += fmt::format("sleeping {} {} {}\n", key.workflow.value(), key.location.ToString(),
                         absl::ToUnixNanos(until));
  }
  cache_.AppendState(state);
  return Sha256(state);
}

}  // namespace orrery::engine
