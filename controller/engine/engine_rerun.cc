// Runs that take over what an earlier one left: resume, restart from a node, rerun.
//
// The earlier run's outcomes are read from the journal. The new run begins at the beginning; where
// it comes to a node whose outcome is known, for the same call at the same place, the outcome is
// recorded again instead of being made again. The node to run again is held back. When nothing more
// follows, exactly what depends on it, or never finished, is left; from then on everything is run.
#include <algorithm>
#include <utility>

#include "base/coverage_mark.h"
#include "base/status_macros.h"
#include "controller/engine/cache/call.h"
#include "controller/engine/engine_impl.h"
#include "fmt/format.h"

namespace orrery::engine {
namespace {

// Whether something can be run again from there.
absl::Status CheckFrom(const RerunWorkflow& input, const History& history) {
  const graph::Location& from = *input.from;
  if (from.steps.empty() || from.steps.back().kind != graph::StepKind::kNode) {
    return absl::InvalidArgumentError(
        fmt::format("{} is no node; a node's location ends with .N and its index, as in -.N3 or "
                    "-.N3.L2.N1",
                    from.ToString()));
  }
  if (history.HasRunIn(from)) return absl::OkStatus();
  return absl::NotFoundError(
      fmt::format("no task of workflow {} has ended at {} or inside it, so there is nothing to run "
                  "again from there",
                  input.source.ToString(), from.ToString()));
}

}  // namespace

absl::Status Engine::Impl::CheckRerun(const RerunWorkflow& input) const {
  const Workflow* source = FindWorkflow(input.source);
  if (source == nullptr) {
    return absl::NotFoundError(fmt::format("there is no workflow {}", input.source.ToString()));
  }
  if (!source->is_settled()) {
    return absl::FailedPreconditionError(fmt::format(
        "workflow {} is running; wait for its end, or cancel it first", input.source.ToString()));
  }
  if (input.is_resume() && source->status() == WorkflowStatus::kSucceeded) {
    return absl::FailedPreconditionError(
        fmt::format("workflow {} has succeeded, there is nothing to resume; restart it from a "
                    "node, or rerun it with other inputs",
                    input.source.ToString()));
  }
  return absl::OkStatus();
}

void Engine::Impl::On(const RerunWorkflow& input) {
  const Workflow* source = FindWorkflow(input.source);
  // Asked twice, or asked for what it does anyway.
  if (source != nullptr && !source->is_settled() && input.is_resume()) {
    COVERAGE_MARK("rerun.asked_twice");
    Answer(input.request, absl::OkStatus());
    return;
  }
  if (absl::Status status = CheckRerun(input); !status.ok()) {
    Answer(input.request, std::move(status));
    return;
  }
  std::vector<RerunWorkflow>& requests = rerun_requests_[source->number()];
  // Gated: by then the journal has all of it.
  if (requests.empty()) out_.gated.push_back(LoadHistory{source->number()});
  requests.push_back(input);
}

void Engine::Impl::On(const HistoryLoaded& input) {
  for (const RerunWorkflow& request :
       std::exchange(rerun_requests_[input.number], std::vector<RerunWorkflow>())) {
    Answer(request.request,
           input.history.ok() ? StartRerun(request, *input.history) : input.history.status());
  }
  rerun_requests_.erase(input.number);
  // Without its history everything is run again, which is right, only slower.
  static const auto kNone = std::make_shared<const History>();
  std::vector<WorkflowNumber> waiting;
  for (const auto& [number, phase] : reusing_) {
    if (phase.source == input.number && phase.history == nullptr) waiting.push_back(number);
  }
  for (const WorkflowNumber number : waiting) {
    ProvideHistory(number, input.history.ok() ? *input.history : kNone);
  }
}

absl::StatusOr<WorkflowSubmitted> Engine::Impl::PrepareRerun(const RerunWorkflow& input,
                                                             const History& history) const {
  RETURN_IF_ERROR(CheckRerun(input));
  const Workflow& source = *FindWorkflow(input.source);
  if (!history.submission.has_value() || history.submission->number != source.number()) {
    return absl::FailedPreconditionError(
        fmt::format("workflow {} has changed meanwhile; ask again", input.source.ToString()));
  }
  if (input.id != input.source && by_id_.contains(input.id)) {
    return absl::AlreadyExistsError(
        fmt::format("workflow {} exists already; take another id", input.id.ToString()));
  }
  if (input.from.has_value()) RETURN_IF_ERROR(CheckFrom(input, history));
  WorkflowSubmitted submission = *history.submission;
  submission.number = WorkflowNumber(last_workflow_ + 1);
  submission.id = input.id;
  submission.reuse =
      Reuse{.source = source.number(), .source_id = input.source, .from = input.from};
  submission.cache_mode = input.cache_mode.value_or(submission.cache_mode);
  for (const graph::NamedValue& given : input.inputs) {
    const auto it = std::ranges::find(submission.inputs, given.name, &graph::NamedValue::name);
    if (it == submission.inputs.end()) {
      submission.inputs.push_back(given);
    } else {
      it->value = given.value;
    }
  }
  RETURN_IF_ERROR(CheckSubmission({.graph = submission.graph,
                                   .inputs = submission.inputs,
                                   .side_effects = submission.side_effects,
                                   .wait_for_workers = true}));
  return submission;
}

absl::Status Engine::Impl::StartRerun(const RerunWorkflow& input,
                                      std::shared_ptr<const History> history) {
  ASSIGN_OR_RETURN(const WorkflowSubmitted submission, PrepareRerun(input, *history));
  if (input.id == input.source) Decide(WorkflowForgotten{submission.reuse->source});
  Decide(submission);
  reusing_.at(submission.number).history = std::move(history);
  return absl::OkStatus();
}

void Engine::Impl::ProvideHistory(WorkflowNumber number, std::shared_ptr<const History> history) {
  ReusePhase& phase = reusing_.at(number);
  COVERAGE_MARK("reuse.goes_on_after_restart");
  phase.history = std::move(history);
  Workflow& workflow = *FindWorkflow(number);
  for (const NodeRef node : std::exchange(phase.unknown, {})) HoldForReuse(workflow, node);
  Turn outstanding = NewTurn();
  workflow.AppendOutstanding(outstanding);
  outstanding.loads.clear();
  outstanding.stores.clear();
  Request(workflow, outstanding);
}

const NodeFinished* Engine::Impl::FindKnown(const ReusePhase& phase, const Workflow& workflow,
                                            NodeRef node) const {
  const auto known = phase.history->finished.find(workflow.LocationOf(node));
  if (known == phase.history->finished.end()) return nullptr;
  return known->second.call == CallDigestOf(workflow, node) ? &known->second : nullptr;
}

bool Engine::Impl::HoldForReuse(const Workflow& workflow, NodeRef node) {
  const auto it = reusing_.find(workflow.number());
  if (it == reusing_.end()) return false;
  ReusePhase& phase = it->second;
  const bool is_known = phase.history != nullptr && FindKnown(phase, workflow, node) != nullptr;
  (is_known ? phase.known : phase.unknown).insert(node);
  return true;
}

bool Engine::Impl::AnswerWaitFromReuse(const Workflow& workflow, NodeRef node) {
  const auto it = reusing_.find(workflow.number());
  if (it == reusing_.end()) return false;
  ReusePhase& phase = it->second;
  if (phase.history == nullptr) return true;  // It is asked for again when that is there.
  if (FindKnown(phase, workflow, node) == nullptr) return false;
  COVERAGE_MARK("reuse.wait_taken_over");
  phase.known_waits.push_back(node);
  return true;
}

void Engine::Impl::TakeOver() {
  std::uint32_t steps_left = settings_.nodes_per_step_max;
  for (auto& [number, phase] : reusing_) {
    Workflow& workflow = *FindWorkflow(number);
    while (phase.has_known() && steps_left > 0) {
      --steps_left;
      NodeRef node;
      if (phase.known.empty()) {
        node = phase.known_waits.front();
        phase.known_waits.pop_front();
      } else {
        node = *phase.known.begin();
        phase.known.erase(phase.known.begin());
      }
      NodeFinished again = *FindKnown(phase, workflow, node);
      again.node.workflow = number;
      Decide(std::move(again));
      // Its end ends the phase, too.
      if (workflow.is_settled()) return;
    }
  }
}

void Engine::Impl::EndReuses() {
  std::vector<WorkflowNumber> ended;
  for (const auto& [number, phase] : reusing_) {
    const Workflow& workflow = *FindWorkflow(number);
    if (phase.history != nullptr && !phase.has_known() && !workflow.has_pending(settings_) &&
        !workflow.waits_for_storage()) {
      ended.push_back(number);
    }
  }
  for (const WorkflowNumber number : ended) Decide(ReuseEnded{number});
}

absl::Status Engine::Impl::ApplyBody(const ReuseEnded& body) {
  Workflow* workflow = FindWorkflow(body.number);
  const auto phase = reusing_.find(body.number);
  if (workflow == nullptr || phase == reusing_.end()) {
    return absl::DataLossError(
        fmt::format("the journal ends the reuse of workflow number {}, which reuses nothing",
                    body.number.value()));
  }
  // What an earlier life had derived before it, a replay must have, too.
  while (is_replaying_ && CatchUp(*workflow, {})) {
  }
  if (workflow->is_settled()) return absl::OkStatus();
  const std::set<NodeRef> unknown = std::move(phase->second.unknown);
  reusing_.erase(phase);
  workflow->EndReuse();
  Turn turn = NewTurn();
  turn.ready.assign(unknown.begin(), unknown.end());
  Take(*workflow, turn);
  return absl::OkStatus();
}

}  // namespace orrery::engine
