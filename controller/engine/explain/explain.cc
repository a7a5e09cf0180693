#include "controller/engine/explain/explain.h"

#include <algorithm>
#include <concepts>
#include <iterator>
#include <optional>
#include <utility>
#include <variant>

#include "base/overload.h"
#include "base/time_text.h"
#include "fmt/format.h"
#include "model/attempt_id.h"
#include "model/explanation.h"
#include "model/outcome.h"
#include "model/worker.h"
#include "model/workflow.h"

namespace orrery::engine {
namespace {

std::string NodesWait(std::integral auto count) {
  return count == 1 ? "1 node waits" : fmt::format("{} nodes wait", count);
}

std::string_view StateText(NodeState state) {
  switch (state) {
    case NodeState::kIdle:
      return "not begun";
    case NodeState::kBlocked:
      return "blocked";
    case NodeState::kReady:
      return "ready";
    case NodeState::kRunning:
      return "running";
    case NodeState::kLoading:
      return "loading";
    case NodeState::kStoring:
      return "storing";
    case NodeState::kWaiting:
      return "waiting";
    case NodeState::kUnfolded:
      return "unfolded";
    case NodeState::kFinished:
      return "finished";
    case NodeState::kFailed:
      return "failed";
  }
  return "";
}

std::string DescribeProgress(const model::TaskProgress& progress) {
  return fmt::format("it reports {:.0f} %{}{}", 100 * progress.fraction,
                     progress.note.empty() ? "" : ": ", progress.note);
}

std::string DescribeFailure(const model::WorkflowFailure& failure) {
  return fmt::format("{} ({}) failed: {}", failure.location.ToString(), failure.function_name,
                     failure.error.message);
}

std::vector<std::string> WhyBlocked(const Workflow& workflow, NodeRef node) {
  std::vector<std::string> reasons;
  const Frame& frame = workflow.frame(node.frame);
  const CompiledGraph& graph = frame.graph();
  for (const CompiledGraph::Wire& wire : graph.wires(node.node)) {
    if (frame.is_available(wire.source)) continue;
    const NodeRef producer{node.frame, static_cast<NodeIndex>(graph.producer(wire.source))};
    reasons.push_back(fmt::format("input {} comes from {} ({}), which is {}", graph.name(wire.name),
                                  workflow.LocationOf(producer).ToString(),
                                  workflow.FunctionNameOf(producer),
                                  StateText(workflow.state(producer))));
  }
  return reasons;
}

// Of those that offer the task of one node.
constexpr std::size_t kDescribedWorkersMax = 8;

std::string DescribeWorker(const Worker& worker) {
  return fmt::format("worker {} at {} (process {})", worker.name(), worker.description.host,
                     worker.description.process_id);
}

// How a worker that offers the node's task, as the node needs it, is occupied.
std::string DescribeOccupation(const Worker& worker) {
  const std::string who = DescribeWorker(worker);
  switch (worker.state) {
    case model::WorkerState::kConnected:
      return fmt::format("{} has {} slots and holds {} attempts", who, worker.description.slots,
                         worker.attempts.size());
    case model::WorkerState::kDraining:
      return who + " is draining: it takes no more";
    case model::WorkerState::kLost:
      return fmt::format("{} has lost its connection; it is awaited until {}", who,
                         FormatTimestamp(worker.lost_until));
  }
  return who;
}

// Why a worker is given no attempt of the node although it has its task, in another version.
std::string DescribeMismatch(const EngineView& view, const Workflow& workflow, NodeRef node,
                             const Worker& worker, TaskKindId kind) {
  const WorkerTable& workers = view.scheduler.workers();
  const std::string version = workers.groups().TaskOf(kind)->version;
  const CheckedTask* checked = workflow.FindChecked(workflow.FunctionNameOf(node));
  std::string why = workers.WhyUnfit(workflow, node, kind);
  if (why.empty() && checked != nullptr) {
    why = checked->task->version.empty()
              ? "the graph was checked against another"
              : fmt::format("the graph was checked against version {}", checked->task->version);
  }
  if (why.empty()) why = "a newer one is connected";
  return fmt::format("{} offers {}, which the node does not run in: {}", DescribeWorker(worker),
                     version.empty() ? "another signature of the task" : "version " + version, why);
}

// Why the queued node is at no worker: what is missing, how its workers are occupied, and why
// those of other versions do not get it.
std::vector<std::string> WhyQueued(const EngineView& view, const Workflow& workflow, NodeRef node) {
  const WorkerTable& workers = view.scheduler.workers();
  const std::string_view function_name = workflow.FunctionNameOf(node);
  const std::optional<TaskKindId> kind = view.scheduler.FindKind(workflow, node);
  if (!kind.has_value()) return {};
  std::vector<std::string> reasons = {"it waits " + workers.DescribeShortage(*kind)};
  for (const auto& [instance, worker] : workers.workers()) {
    const auto offered = workers.groups().FindKind(worker.group, function_name);
    if (!offered.has_value()) continue;
    if (reasons.size() > kDescribedWorkersMax) {
      reasons.emplace_back("other workers offer it, too; orrery worker list shows them");
      break;
    }
    reasons.push_back(*offered == *kind ? DescribeOccupation(worker)
                                        : DescribeMismatch(view, workflow, node, worker, *offered));
  }
  return reasons;
}

std::vector<std::string> WhyDelayed(const EngineView& view, const Workflow& workflow, NodeRef node,
                                    absl::Time until) {
  const NodeKey key{workflow.number(), workflow.LocationOf(node)};
  if (view.scheduler.returned().RetryAt(key) < until) {
    return {"its last attempt failed; it is tried again at " + FormatTimestamp(until)};
  }
  return {fmt::format(
      "{} of its attempts were returned by workers without an outcome; it is assigned again at {}",
      view.scheduler.returned().CountOf(key), FormatTimestamp(until))};
}

std::vector<std::string> WhyReady(const EngineView& view, const Workflow& workflow, NodeRef node) {
  using Reasons = std::vector<std::string>;
  return std::visit(
      Overload{
          [&](Queued) { return WhyQueued(view, workflow, node); },
          [](Paused) { return Reasons{"the workflow is paused"}; },
          [&](const Delayed& delayed) { return WhyDelayed(view, workflow, node, delayed.until); },
          [](const Alone&) {
            return Reasons{
                "workers died while they ran it and others: it waits for a worker that offers it "
                "and holds nothing, to run alone"};
          },
          [&](AwaitingWorker) {
            return Reasons{
                fmt::format("a worker from before the controller's restart may have it; "
                            "it is awaited until {}",
                            FormatTimestamp(view.recovery.awaited_until()))};
          },
          [](Cached) { return Reasons{"its outcome is about to be taken from the cache"}; },
          [](Uncertain) { return Reasons{"it may have taken effect, and is about to fail"}; },
          [](Reusable) { return Reasons{"outcomes of the earlier run are being reused first"}; },
          [](AwaitingReuse) {
            return Reasons{"outcomes of the earlier run are being reused first"};
          },
      },
      view.scheduler.ready().PlaceOf({workflow.number(), node}));
}

// The attempt of a running node, at its worker.
struct HeldBy {
  const Worker& worker;
  model::AttemptId id;
  const Attempt& attempt;

  // Returns true if the attempt waits for a slot: those before it have the slots, as far as can be
  // known.
  bool waits_for_slot() const {
    const auto before = std::distance(worker.attempts.begin(), worker.attempts.find(id));
    return !attempt.progress.has_value() &&
           static_cast<std::size_t>(before) >= worker.usable_slots();
  }
};

std::optional<HeldBy> FindHolder(const EngineView& view, const Workflow& workflow, NodeRef node) {
  const AttemptTable& attempts = view.scheduler.attempts();
  for (const model::AttemptId id : attempts.Of(workflow.number())) {
    const Attempt& attempt = *attempts.Find(id);
    if (attempt.is_abandoned || attempt.node != node) continue;
    return HeldBy{view.scheduler.workers().workers().at(attempt.instance), id, attempt};
  }
  return std::nullopt;
}

std::vector<std::string> WhereHeld(const HeldBy& held) {
  const Worker& worker = held.worker;
  std::vector<std::string> reasons = {
      fmt::format("{} has it, attempt {}", DescribeWorker(worker), held.id.ToString())};
  if (worker.state == model::WorkerState::kLost) {
    reasons[0] += fmt::format("; its connection is lost, it is awaited until {}",
                              FormatTimestamp(worker.lost_until));
  }
  if (held.attempt.progress.has_value()) {
    reasons.push_back(DescribeProgress(*held.attempt.progress));
  }
  if (!held.waits_for_slot()) return reasons;
  reasons.push_back(
      fmt::format("it has not begun: it waits for one of {} slots", worker.description.slots));
  if (worker.stuck_slots > 0) {
    reasons.push_back(
        fmt::format("{} slots are held by tasks that ignore their timeout or "
                    "cancellation",
                    worker.stuck_slots));
  }
  return reasons;
}

model::NodeExplanation ExplainNode(const EngineView& view, const Workflow& workflow, NodeRef node) {
  const NodeKey key{workflow.number(), workflow.LocationOf(node)};
  model::NodeExplanation explanation{.location = key.location,
                                     .function_name = std::string(workflow.FunctionNameOf(node)),
                                     .state = std::string(StateText(workflow.state(node)))};
  const FailureHistory* history = view.scheduler.failures().Find(key);
  if (history != nullptr) explanation.earlier = history->attempts;
  switch (workflow.state(node)) {
    case NodeState::kBlocked:
      explanation.reasons = WhyBlocked(workflow, node);
      break;
    case NodeState::kReady:
      explanation.reasons = WhyReady(view, workflow, node);
      break;
    case NodeState::kRunning:
      if (const std::optional<HeldBy> held = FindHolder(view, workflow, node)) {
        explanation.reasons = WhereHeld(*held);
        if (held->waits_for_slot()) explanation.state = "assigned";
      }
      break;
    case NodeState::kWaiting:
      if (const auto until = view.waits.SleepsUntil(key)) {
        explanation.reasons.push_back("it sleeps until " + FormatTimestamp(*until));
      }
      break;
    case NodeState::kIdle:
      explanation.reasons.emplace_back("nothing that has to run needs it, or not yet");
      break;
    case NodeState::kLoading:
      explanation.reasons.emplace_back("the bytes of a large value are being read for it");
      break;
    case NodeState::kStoring:
      explanation.reasons.emplace_back("large values that it takes or made are being stored");
      break;
    case NodeState::kUnfolded:
      explanation.reasons.emplace_back("the graphs that it runs have not ended");
      break;
    case NodeState::kFinished:
    case NodeState::kFailed:
      break;
  }
  return explanation;
}

}  // namespace

std::vector<std::string> WaitingFor(const EngineView& view, const Uuid& id) {
  std::vector<std::string> reasons;
  const Workflow* workflow = view.core.workflows.Find(id);
  if (workflow == nullptr || workflow->is_settled()) return reasons;
  if (workflow->is_held()) return {fmt::format("it {}", kWhyHeld)};
  const WorkflowNumber number = workflow->number();
  const ReadyNodes& ready = view.scheduler.ready();
  if (view.reuses.Has(number)) {
    reasons.emplace_back("outcomes of its earlier run are being reused");
  }
  if (workflow->is_paused()) {
    reasons.push_back(fmt::format(
        "it is paused{}; orrery unpause lets it go on",
        ready.has_held<Paused>() ? fmt::format(", {}", NodesWait(ready.CountHeld<Paused>(number)))
                                 : ""));
  }
  if (const std::size_t held = ready.CountHeld<AwaitingWorker>(number); held > 0) {
    const std::size_t workers = view.recovery.awaited_count();
    reasons.push_back(fmt::format(
        "{} until {} for {} connected before the controller restarted and may hold them",
        NodesWait(held), FormatTimestamp(view.recovery.awaited_until()),
        workers == 1 ? "1 worker that was" : fmt::format("{} workers that were", workers)));
  }
  for (const auto& [kind, count] : ready.CountQueued(number)) {
    reasons.push_back(
        fmt::format("{} {}", NodesWait(count), view.scheduler.workers().DescribeShortage(kind)));
  }
  if (const std::size_t delayed = ready.CountHeld<Delayed>(number); delayed > 0) {
    reasons.push_back(fmt::format("{} to be tried again later", NodesWait(delayed)));
  }
  if (const std::size_t alone = ready.CountHeld<Alone>(number); alone > 0) {
    reasons.push_back(
        fmt::format("{} for a worker that holds nothing, to run alone after workers "
                    "died with them and others",
                    NodesWait(alone)));
  }
  if (const Waits::Sleepers sleepers = view.waits.SleepersOf(number); sleepers.count > 0) {
    reasons.push_back(fmt::format("{} for time to pass, the first until {}",
                                  NodesWait(sleepers.count),
                                  FormatTimestamp(sleepers.first_until)));
  }
  for (const auto& [digest, count] : view.waits.LoadsOf(number)) {
    reasons.push_back(fmt::format("{} for value {}", NodesWait(count), digest.ToHex()));
  }
  return reasons;
}

absl::StatusOr<model::Explanation> Explain(const EngineView& view, const Uuid& id,
                                           const std::optional<graph::Location>& location) {
  const Workflow* workflow = view.core.workflows.Find(id);
  if (workflow == nullptr) {
    return absl::NotFoundError(fmt::format("there is no workflow {}", id.ToString()));
  }
  model::Explanation explanation{.reasons = WaitingFor(view, id)};
  for (const model::WorkflowFailure& failure : workflow->failures()) {
    explanation.reasons.push_back(DescribeFailure(failure));
  }
  if (workflow->status() == model::WorkflowStatus::kCancelled) {
    explanation.reasons.push_back(fmt::format("it was cancelled: {}", workflow->cancel_reason()));
  }
  if (location.has_value()) {
    if (const std::optional<NodeRef> node = workflow->Find(*location)) {
      explanation.nodes.push_back(ExplainNode(view, *workflow, *node));
    }
  }
  for (const NodeRef node : workflow->OpenNodesIn(location.value_or(graph::Location()))) {
    if (location.has_value() && workflow->LocationOf(node) == *location) continue;
    if (explanation.nodes.size() == kExplainedNodes.max) {
      explanation.has_more = true;
      break;
    }
    explanation.nodes.push_back(ExplainNode(view, *workflow, node));
  }
  return explanation;
}

std::vector<model::TaskReport> Progress(const EngineView& view, const Uuid& id) {
  std::vector<model::TaskReport> reports;
  const Workflow* workflow = view.core.workflows.Find(id);
  if (workflow == nullptr) return reports;
  for (const auto& [attempt_id, attempt] :
       view.scheduler.attempts().ReportedOf(workflow->number())) {
    if (attempt->is_abandoned) continue;
    reports.push_back({.location = workflow->LocationOf(attempt->node),
                       .function_name = std::string(workflow->FunctionNameOf(attempt->node)),
                       .attempt = attempt_id,
                       .progress = *attempt->progress});
  }
  std::ranges::sort(reports, {}, &model::TaskReport::location);
  if (reports.size() > kTaskReports.max) reports.resize(kTaskReports.max);
  return reports;
}

absl::StatusOr<model::LoopTrace> Trace(const EngineView& view, const Uuid& id,
                                       std::string_view loop, std::uint64_t offset,
                                       std::uint64_t limit) {
  const Workflow* workflow = view.core.workflows.Find(id);
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
  model::LoopTrace page{.total = trace.iterations, .iterations = {}};
  const std::uint64_t first = std::min(offset, trace.iterations);
  const std::uint64_t last = first + std::min(limit, trace.iterations - first);
  for (std::uint64_t i = first; i < last; ++i) {
    model::Outputs& outputs = page.iterations.emplace_back();
    for (const auto& [name, values] : trace.outputs) {
      if (graph::ValuePtr value = values.Get(i)) outputs.push_back({name, std::move(value)});
    }
  }
  return page;
}

}  // namespace orrery::engine
