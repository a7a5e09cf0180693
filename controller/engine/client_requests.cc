#include "controller/engine/client_requests.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>
#include <vector>

#include "base/coverage_mark.h"
#include "base/status_macros.h"
#include "controller/engine/graph_cache.h"
#include "fmt/format.h"
#include "graph/checker.h"
#include "graph/limits.h"
#include "graph/name.h"
#include "model/outcome.h"
#include "model/submission.h"
#include "model/workflow.h"

namespace orrery::engine {
namespace {

std::string_view Ending(model::WorkflowStatus status) {
  switch (status) {
    case model::WorkflowStatus::kRunning:
      break;
    case model::WorkflowStatus::kSucceeded:
      return "has succeeded";
    case model::WorkflowStatus::kFailed:
      return "has failed";
    case model::WorkflowStatus::kCancelled:
      return "was cancelled";
  }
  return "is running";
}

}  // namespace

std::string ClientRequests::ProblemOfRule(const std::string& task,
                                          const graph::FailurePolicy& policy, bool may_come) const {
  if (task == graph::kAllTasks) return "";
  const graph::TaskName name = graph::SplitFunctionName(task);
  std::string why;
  const std::optional<CheckedTask> known = scheduler_.workers().FindTask(task);
  if (name.worker == graph::kBuiltinsWorker) {
    why = graph::kNoPolicyForBuiltins;
  } else if (known.has_value() && known->task->is_effect_once && policy.attempts.value_or(1) > 1) {
    why = graph::kNoRetryForEffectOnce;
  } else if (!known.has_value() && !may_come) {
    const std::string closest = graph::ClosestName(task, scheduler_.workers().TaskNames());
    why = fmt::format("no worker offers this task{}",
                      closest.empty() ? "" : fmt::format("; did you mean {}?", closest));
    const std::string unknown = scheduler_.workers().DescribeUnknownPools();
    if (!unknown.empty()) why += "; " + unknown;
  }
  return why.empty() ? why : fmt::format("failure policy of {}: {}", task, why);
}

ClientRequests::CheckedGraph ClientRequests::CheckGraph(const model::Submission& submission,
                                                        bool allow_unknown_tasks) const {
  const WorkerTable& workers = scheduler_.workers();
  // A graph inside the graph looks its tasks up again.
  std::map<std::string, std::optional<CheckedTask>> tasks;
  graph::CheckOptions options;
  options.find_task = [&](std::string_view worker,
                          std::string_view task) -> const graph::TaskSpec* {
    if (worker == graph::kBuiltinsWorker) return FindBuiltinTask(worker, task);
    const auto [it, is_new] = tasks.try_emplace(fmt::format("{}.{}", worker, task));
    if (is_new) it->second = workers.FindTask(it->first);
    return it->second.has_value() ? it->second->task.get() : nullptr;
  };
  options.list_tasks = [&] { return workers.TaskNames(); };
  options.unknown_task_note = workers.DescribeUnknownPools();
  options.allow_unknown_tasks = allow_unknown_tasks;
  options.given_inputs.emplace();
  for (const auto& [name, value] : submission.inputs) {
    options.given_inputs->push_back(name);
    // A value that is not what it declares fails the task that reads it.
    options.given_types[name] = graph::SupplyOfValue(*value).value_or(graph::Supply());
  }
  CheckedGraph checked{.problems = graph::CheckGraph(*submission.graph, options)};
  for (const std::uint32_t node : submission.side_effects) {
    if (checked.problems.size() >= graph::kLimits.problems.max) break;
    if (node < submission.graph->nodes.size()) continue;
    checked.problems.push_back({.location = "-",
                                .port = "",
                                .message = fmt::format("side effect {}: the graph has {} nodes",
                                                       node, submission.graph->nodes.size())});
  }
  for (auto& [name, task] : tasks) {
    if (task.has_value()) checked.tasks.push_back(*std::move(task));
  }
  return checked;
}

std::vector<graph::Problem> ClientRequests::ProblemsOfRules(const graph::FailureRules& rules,
                                                            bool allow_unknown_tasks) const {
  std::vector<graph::Problem> problems;
  for (const auto& [task, policy] : rules.policies) {
    if (problems.size() >= graph::kLimits.problems.max) break;
    const std::string problem = ProblemOfRule(task, policy, allow_unknown_tasks);
    if (!problem.empty()) problems.push_back({.location = "-", .port = "", .message = problem});
  }
  return problems;
}

absl::Status ClientRequests::CheckNotRefused(const Uuid& id) const {
  if (!core_.poison.refused.contains(id)) return absl::OkStatus();
  COVERAGE_MARK("poison.submission_refused");
  return absl::FailedPreconditionError(
      fmt::format("workflow {} was not accepted: the controller has died more than once when it "
                  "began to work on it; make the graph or its inputs smaller and take another id, "
                  "and report it",
                  id.ToString()));
}

void ClientRequests::OnSubmit(const SubmitWorkflow& input) {
  if (const Workflow* known = core_.workflows.Find(input.id)) {
    const bool is_same =
        core_.workflows.SubmissionOf(known->number()) ==
        model::SubmissionDigest(input.submission, graph::GraphDigest(*input.submission.graph));
    if (!known->is_settled() && is_same) {
      COVERAGE_MARK("submission.asked_twice");
      core_.Answer(input.request, absl::OkStatus(), /*already_submitted=*/true);
      return;
    }
    if (!known->is_settled()) {
      core_.Answer(input.request,
                   absl::AlreadyExistsError(
                       fmt::format("workflow {} is running already, with another graph, inputs or "
                                   "name; cancel it or take another id",
                                   input.id.ToString())));
      return;
    }
    if (!input.clean) {
      core_.Answer(input.request,
                   absl::AlreadyExistsError(
                       fmt::format("workflow {} has finished already; take another id, or submit "
                                   "with --clean to delete the finished one",
                                   input.id.ToString())));
      return;
    }
  }
  CheckedGraph checked;
  absl::Status status = CheckNotRefused(input.id);
  status.Update(input.submission.failure_rules.Check());
  if (status.ok()) {
    const MarkedWork mark(core_.poison.mark, core_.workflows.NextNumber(), input.id);
    checked = CheckGraph(input.submission, input.wait_for_workers);
    std::ranges::move(ProblemsOfRules(input.submission.failure_rules, input.wait_for_workers),
                      std::back_inserter(checked.problems));
    status = graph::ProblemsToStatus(checked.problems);
  }
  if (!status.ok()) {
    core_.Answer(input.request, std::move(status));
    return;
  }
  if (const Workflow* known = core_.workflows.Find(input.id)) {
    core_.Decide(WorkflowDeleted{known->number()});
  }
  core_.Decide(WorkflowSubmitted{.number = core_.workflows.NextNumber(),
                                 .id = input.id,
                                 .submission = input.submission,
                                 .reuse = {},
                                 .tasks = std::move(checked.tasks)});
  core_.Answer(input.request, absl::OkStatus());
}

void ClientRequests::OnCancel(const CancelWorkflow& input) {
  const Workflow* workflow = core_.workflows.Find(input.id);
  if (workflow == nullptr) {
    core_.Answer(input.request,
                 absl::NotFoundError(fmt::format("there is no workflow {}", input.id.ToString())));
    return;
  }
  if (workflow->status() == model::WorkflowStatus::kCancelled && !input.location.has_value()) {
    core_.Answer(input.request, absl::OkStatus());
    return;
  }
  if (workflow->is_settled()) {
    core_.Answer(input.request,
                 absl::FailedPreconditionError(
                     fmt::format("workflow {} {} already; only a running workflow can be cancelled",
                                 input.id.ToString(), Ending(workflow->status()))));
    return;
  }
  if (reuses_.IsProtected(workflow->number())) {
    // Outcomes that it has not reused yet would be lost to the next run.
    core_.Answer(input.request, absl::FailedPreconditionError(fmt::format(
                                    "workflow {} is still reusing outcomes of its earlier run; try "
                                    "again in a moment",
                                    input.id.ToString())));
    return;
  }
  if (input.location.has_value()) {
    core_.Answer(input.request, CancelNodes(*workflow, *input.location, input.reason));
    return;
  }
  core_.Decide(WorkflowCancelled{.number = workflow->number(), .reason = input.reason});
  core_.Answer(input.request, absl::OkStatus());
}

absl::Status ClientRequests::CancelNodes(const Workflow& workflow, const graph::Location& location,
                                         std::string_view reason) {
  const WorkflowNumber number = workflow.number();
  const std::vector<NodeRef> nodes = workflow.OpenNodesIn(location);
  if (nodes.empty()) {
    return absl::FailedPreconditionError(
        fmt::format("nothing runs or waits to run at {} of workflow {}", location.ToString(),
                    workflow.id().ToString()));
  }
  scheduler_.Abandon(
      number,
      [&](const Attempt& attempt) { return std::ranges::binary_search(nodes, attempt.node); },
      "the node was cancelled");
  for (const NodeRef node : nodes) {
    // The first failure may end it all.
    if (workflow.is_settled()) break;
    if (workflow.state(node) == NodeState::kReady) scheduler_.Dequeue(workflow, node);
    core_.Decide(NodeFailed{
        .node = {number, workflow.LocationOf(node)},
        .origin = {},
        .error = {.kind = model::TaskErrorKind::kCancelled,
                  .message = reason.empty() ? "it was cancelled"
                                            : fmt::format("it was cancelled: {}", reason)}});
  }
  return absl::OkStatus();
}

void ClientRequests::OnPause(const PauseWorkflow& input) {
  const Workflow* workflow = core_.workflows.Find(input.id);
  if (workflow == nullptr) {
    core_.Answer(input.request,
                 absl::NotFoundError(fmt::format("there is no workflow {}", input.id.ToString())));
    return;
  }
  if (workflow->is_settled()) {
    core_.Answer(input.request,
                 absl::FailedPreconditionError(fmt::format(
                     "workflow {} {} already; only a running workflow can be paused or go on",
                     input.id.ToString(), Ending(workflow->status()))));
    return;
  }
  if (workflow->is_held()) {
    core_.Answer(input.request, absl::FailedPreconditionError(
                                    fmt::format("workflow {} {}", input.id.ToString(), kWhyHeld)));
    return;
  }
  if (workflow->is_paused() != input.is_paused) {
    core_.Decide(WorkflowPaused{.number = workflow->number(), .is_paused = input.is_paused});
  }
  core_.Answer(input.request, absl::OkStatus());
}

void ClientRequests::OnRerun(const RerunWorkflow& input) {
  const Workflow* source = core_.workflows.Find(input.source);
  if (source != nullptr && !source->is_settled() && source->is_held() && input.is_resume()) {
    COVERAGE_MARK("poison.resumed");
    core_.Decide(WorkflowCancelled{.number = source->number(), .reason = "it was held"});
  }
  // Asked twice, or asked for what it does anyway.
  if (source != nullptr && !source->is_settled() && input.is_resume()) {
    COVERAGE_MARK("rerun.asked_twice");
    core_.Answer(input.request, absl::OkStatus());
    return;
  }
  if (absl::Status status = reuses_.Check(input); !status.ok()) {
    core_.Answer(input.request, std::move(status));
    return;
  }
  reuses_.Await(input);
}

void ClientRequests::OnHistoryLoaded(const HistoryLoaded& input) {
  for (const RerunWorkflow& request : reuses_.TakeAwaiting(input.number)) {
    core_.Answer(request.request,
                 input.history.ok() ? StartRerun(request, *input.history) : input.history.status());
  }
  // Without its history everything is run again, which is right, only slower.
  static const auto kNone = std::make_shared<const History>();
  reuses_.OnHistory(input.number, input.history.ok() ? *input.history : kNone);
}

absl::StatusOr<WorkflowSubmitted> ClientRequests::PrepareRerun(const RerunWorkflow& input,
                                                               const History& history) const {
  ASSIGN_OR_RETURN(WorkflowSubmitted submitted, reuses_.MakeSubmission(input, history));
  // The failure rules were checked at submit. A worker that has declared the task differently since
  // does not make the rerun invalid.
  CheckedGraph checked = CheckGraph(submitted.submission, /*allow_unknown_tasks=*/true);
  RETURN_IF_ERROR(graph::ProblemsToStatus(checked.problems));
  submitted.tasks = std::move(checked.tasks);
  return submitted;
}

absl::Status ClientRequests::StartRerun(const RerunWorkflow& input,
                                        std::shared_ptr<const History> history) {
  RETURN_IF_ERROR(CheckNotRefused(input.id));
  ASSIGN_OR_RETURN(const WorkflowSubmitted submitted, PrepareRerun(input, *history));
  if (input.id == input.source) core_.Decide(WorkflowDeleted{submitted.reuse->source});
  core_.Decide(submitted);
  reuses_.SetHistory(submitted.number, std::move(history));
  return absl::OkStatus();
}

void ClientRequests::OnDelete(const DeleteWorkflows& input) {
  const std::set<WorkflowNumber> in_use = reuses_.SourcesInUse();
  for (const WorkflowNumber number : input.workflows) {
    const Workflow* workflow = core_.workflows.Find(number);
    if (workflow == nullptr || !workflow->is_settled() || in_use.contains(number)) continue;
    core_.Decide(WorkflowDeleted{number});
  }
  core_.graphs.Collect();
  core_.Answer(input.request, absl::OkStatus());
}

void ClientRequests::DeleteExpired() {
  const std::set<WorkflowNumber> in_use = reuses_.SourcesInUse();
  for (const WorkflowNumber number : core_.workflows.finished().FindExpired(
           core_.now, core_.settings.retention, in_use, core_.settings.deleted_per_step.max)) {
    COVERAGE_MARK("retention.workflow_deleted");
    core_.Decide(WorkflowDeleted{number});
    core_.graphs.Collect();
  }
}

}  // namespace orrery::engine
