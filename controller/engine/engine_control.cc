// What people do to workflows: cancel one or a part of it, pause it, and have finished ones
// forgotten.
#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "base/coverage_mark.h"
#include "controller/engine/engine_impl.h"
#include "fmt/format.h"

namespace orrery::engine {
namespace {

std::string_view Ending(WorkflowStatus status) {
  switch (status) {
    case WorkflowStatus::kRunning:
      break;
    case WorkflowStatus::kSucceeded:
      return "has succeeded";
    case WorkflowStatus::kFailed:
      return "has failed";
    case WorkflowStatus::kCancelled:
      return "was cancelled";
  }
  return "is running";
}

}  // namespace

void Engine::Impl::On(const CancelWorkflow& input) {
  const Workflow* workflow = FindWorkflow(input.id);
  if (workflow == nullptr) {
    Answer(input.request,
           absl::NotFoundError(fmt::format("there is no workflow {}", input.id.ToString())));
    return;
  }
  if (workflow->status() == WorkflowStatus::kCancelled && !input.location.has_value()) {
    Answer(input.request, absl::OkStatus());
    return;
  }
  if (workflow->is_settled()) {
    Answer(input.request, absl::FailedPreconditionError(fmt::format(
                              "workflow {} {} already; only a running workflow can be cancelled",
                              input.id.ToString(), Ending(workflow->status()))));
    return;
  }
  const auto phase = reusing_.find(workflow->number());
  if (phase != reusing_.end() && now_ < phase->second.began_at + settings_.reuse_uncancelled) {
    // What it has not taken over yet would be lost to the next run.
    Answer(input.request, absl::FailedPreconditionError(fmt::format(
                              "workflow {} is still taking over what its earlier run left; try "
                              "again in a moment",
                              input.id.ToString())));
    return;
  }
  if (input.location.has_value()) {
    Answer(input.request, CancelNodes(*workflow, *input.location, input.reason));
    return;
  }
  Decide(WorkflowCancelled{.number = workflow->number(), .reason = input.reason});
  Answer(input.request, absl::OkStatus());
}

absl::Status Engine::Impl::CancelNodes(const Workflow& workflow, const graph::Location& location,
                                       std::string_view reason) {
  const WorkflowNumber number = workflow.number();
  const std::vector<NodeRef> nodes = workflow.OpenNodesIn(location);
  if (nodes.empty()) {
    return absl::FailedPreconditionError(
        fmt::format("nothing runs or waits to run at {} of workflow {}", location.ToString(),
                    workflow.id().ToString()));
  }
  Abandon(
      [&](const Attempt& attempt) {
        return attempt.workflow == number && std::ranges::binary_search(nodes, attempt.node);
      },
      "the node was cancelled");
  for (const NodeRef node : nodes) {
    // The first failure may end it all.
    if (workflow.is_settled()) break;
    if (workflow.state(node) == NodeState::kReady) Dequeue(workflow, node);
    Decide(NodeFailed{
        .node = {number, workflow.LocationOf(node)},
        .origin = {},
        .error = {.kind = TaskErrorKind::kCancelled,
                  .message = reason.empty() ? "it was cancelled"
                                            : fmt::format("it was cancelled: {}", reason)}});
  }
  return absl::OkStatus();
}

void Engine::Impl::Abandon(const std::function<bool(const Attempt&)>& is_superfluous,
                           const std::string& reason) {
  for (const auto& [instance, worker] : workers_.workers()) {
    for (const AttemptId id : worker.attempts) {
      Attempt* attempt = attempts_.Find(id);
      if (attempt == nullptr || attempt->is_abandoned || !is_superfluous(*attempt)) continue;
      COVERAGE_MARK("attempt.abandoned");
      attempt->is_abandoned = true;
      if (worker.session == SessionId(0)) continue;
      // Its assignment may still wait to be durable, and must not come after this.
      const bool is_effect_once = workers_.IsEffectOnce(attempt->kind);
      (is_effect_once ? out_.gated : out_.free)
          .push_back(CancelAttempt{.session = worker.session, .attempt = id, .reason = reason});
    }
  }
}

void Engine::Impl::On(const PauseWorkflow& input) {
  const Workflow* workflow = FindWorkflow(input.id);
  if (workflow == nullptr) {
    Answer(input.request,
           absl::NotFoundError(fmt::format("there is no workflow {}", input.id.ToString())));
    return;
  }
  if (workflow->is_settled()) {
    Answer(input.request,
           absl::FailedPreconditionError(
               fmt::format("workflow {} {} already; only a running workflow can be paused or go on",
                           input.id.ToString(), Ending(workflow->status()))));
    return;
  }
  if (workflow->is_paused() != input.is_paused) {
    Decide(WorkflowPaused{.number = workflow->number(), .is_paused = input.is_paused});
  }
  Answer(input.request, absl::OkStatus());
}

absl::Status Engine::Impl::ApplyBody(const WorkflowPaused& body) {
  Workflow* workflow = FindWorkflow(body.number);
  // It may have ended by itself, from what a replay has already derived.
  if (workflow == nullptr) {
    return absl::DataLossError(fmt::format(
        "the journal pauses workflow number {}, which does not exist", body.number.value()));
  }
  workflow->SetPaused(body.is_paused);
  out_.gated.push_back(WorkflowPauseChanged{.id = workflow->id(), .is_paused = body.is_paused});
  if (is_replaying_ || workflow->is_settled()) return absl::OkStatus();
  if (body.is_paused) {
    for (auto it = ready_.begin(); it != ready_.end();) {
      for (const NodeRef node : it->second.TakeAll(body.number)) {
        queue_deadlines_.Clear({body.number, node});
        held_.paused.insert({body.number, node});
      }
      it = it->second.empty() ? ready_.erase(it) : std::next(it);
    }
  } else {
    for (const ReadyNode& node : held_.TakePaused(body.number)) Enqueue(*workflow, node.node);
  }
  return absl::OkStatus();
}

void Engine::Impl::On(const ForgetWorkflows& input) {
  const std::set<WorkflowNumber> in_use = SourcesInUse();
  for (const WorkflowNumber number : input.workflows) {
    const Workflow* workflow = FindWorkflow(number);
    if (workflow == nullptr || !workflow->is_settled() || in_use.contains(number)) continue;
    Decide(WorkflowForgotten{number});
  }
  graphs_.Collect();
  Answer(input.request, absl::OkStatus());
}

void Engine::Impl::ForgetExpired() {
  const std::set<WorkflowNumber> in_use = SourcesInUse();
  for (const WorkflowNumber number :
       finished_.FindExpired(now_, settings_.retention, in_use, settings_.forgotten_per_step_max)) {
    COVERAGE_MARK("retention.workflow_forgotten");
    Decide(WorkflowForgotten{number});
    graphs_.Collect();
  }
}

}  // namespace orrery::engine
