// Why a workflow, or a node of it, stands where it stands.
#include <algorithm>
#include <string_view>
#include <utility>

#include "base/instant.h"
#include "controller/engine/engine_impl.h"
#include "fmt/format.h"

namespace orrery::engine {
namespace {

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

std::string DescribeProgress(const TaskProgress& progress) {
  return fmt::format("it reports {:.0f} %{}{}", 100 * progress.fraction,
                     progress.note.empty() ? "" : ": ", progress.note);
}

std::string DescribeFailure(const WorkflowFailure& failure) {
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

}  // namespace

absl::StatusOr<Explanation> Engine::Impl::Explain(
    const Uuid& id, const std::optional<graph::Location>& location) const {
  const Workflow* workflow = FindWorkflow(id);
  if (workflow == nullptr) {
    return absl::NotFoundError(fmt::format("there is no workflow {}", id.ToString()));
  }
  Explanation explanation{.reasons = WaitingFor(id)};
  for (const WorkflowFailure& failure : workflow->failures()) {
    explanation.reasons.push_back(DescribeFailure(failure));
  }
  if (workflow->status() == WorkflowStatus::kCancelled) {
    explanation.reasons.push_back(fmt::format("it was cancelled: {}", workflow->cancel_reason()));
  }
  if (location.has_value()) {
    if (const std::optional<NodeRef> node = workflow->Find(*location)) {
      explanation.nodes.push_back(ExplainNode(*workflow, *node));
    }
  }
  for (const NodeRef node : workflow->OpenNodesIn(location.value_or(graph::Location()))) {
    if (location.has_value() && workflow->LocationOf(node) == *location) continue;
    if (explanation.nodes.size() == kExplainedNodesMax) {
      explanation.has_more = true;
      break;
    }
    explanation.nodes.push_back(ExplainNode(*workflow, node));
  }
  return explanation;
}

NodeExplanation Engine::Impl::ExplainNode(const Workflow& workflow, NodeRef node) const {
  const NodeKey key{workflow.number(), workflow.LocationOf(node)};
  NodeExplanation explanation{.location = key.location,
                              .function_name = std::string(workflow.FunctionNameOf(node)),
                              .state = std::string(StateText(workflow.state(node)))};
  const auto troubles = troubles_.find(key);
  if (troubles != troubles_.end()) explanation.earlier = troubles->second.attempts;
  switch (workflow.state(node)) {
    case NodeState::kBlocked:
      explanation.reasons = WhyBlocked(workflow, node);
      break;
    case NodeState::kReady:
      explanation.reasons = WhyReady(workflow, node);
      break;
    case NodeState::kRunning:
      explanation.reasons = WhereRunning(workflow, node);
      break;
    case NodeState::kWaiting:
      if (const auto sleeping = outside_.sleeping.find(key); sleeping != outside_.sleeping.end()) {
        explanation.reasons.push_back("it sleeps until " + FormatInstant(sleeping->second));
      }
      break;
    case NodeState::kIdle:
      explanation.reasons.emplace_back("nothing that has to run needs it, or not yet");
      break;
    case NodeState::kLoading:
      explanation.reasons.emplace_back("the bytes of a large value are being read for it");
      break;
    case NodeState::kStoring:
      explanation.reasons.emplace_back("what it made is being stored");
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

std::vector<std::string> Engine::Impl::WhyReady(const Workflow& workflow, NodeRef node) const {
  const ReadyNode ready{workflow.number(), node};
  const auto phase = reusing_.find(workflow.number());
  if (phase != reusing_.end()) return {"what the earlier run left is being taken over first"};
  if (held_.cached.contains(ready)) return {"its outcome is about to be taken from the cache"};
  if (held_.paused.contains(ready)) return {"the workflow is paused"};
  if (const auto due = held_.delayed.Find(ready)) {
    return {"its last attempt failed; it is tried again at " + FormatInstant(*due)};
  }
  if (std::ranges::find(held_.recovering, ready) != held_.recovering.end()) {
    return {
        fmt::format("a worker from before the controller's restart may have it; it is awaited "
                    "until {}",
                    FormatInstant(recovery_.awaited_until))};
  }
  const auto kind = workers_.FindKind(workflow.FunctionNameOf(node));
  if (!kind.has_value()) return {};
  std::vector<std::string> reasons = {"it waits " + WhyQueued(*kind)};
  for (const auto& [instance, worker] : workers_.workers()) {
    if (!WorkerTable::Offers(worker, *kind)) continue;
    const std::string who =
        fmt::format("worker {} at {} (process {})", worker.name(), worker.host, worker.process_id);
    switch (worker.presence) {
      case WorkerPresence::kConnected:
        reasons.push_back(fmt::format("{} has {} slots and holds {} attempts", who, worker.slots,
                                      worker.attempts.size()));
        break;
      case WorkerPresence::kDraining:
        reasons.push_back(who + " is draining: it takes no more");
        break;
      case WorkerPresence::kLost:
        reasons.push_back(fmt::format("{} has lost its connection; it is awaited until {}", who,
                                      FormatInstant(worker.lost_until)));
        break;
    }
  }
  return reasons;
}

std::vector<std::string> Engine::Impl::WhereRunning(const Workflow& workflow, NodeRef node) const {
  for (const auto& [instance, worker] : workers_.workers()) {
    for (const AttemptId id : worker.attempts) {
      const Attempt* attempt = attempts_.Find(id);
      if (attempt == nullptr || attempt->is_abandoned || attempt->workflow != workflow.number() ||
          attempt->node != node) {
        continue;
      }
      std::string where =
          fmt::format("worker {} at {} (process {}) has it, attempt {}.{}", worker.name(),
                      worker.host, worker.process_id, id.epoch, id.number);
      if (worker.presence == WorkerPresence::kLost) {
        where += fmt::format("; its connection is lost, it is awaited until {}",
                             FormatInstant(worker.lost_until));
      }
      if (!attempt->progress.has_value()) return {std::move(where)};
      return {std::move(where), DescribeProgress(*attempt->progress)};
    }
  }
  return {};
}

}  // namespace orrery::engine
