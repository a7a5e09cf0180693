#include "controller/engine/reuse/reuses.h"

#include <algorithm>
#include <utility>

#include "base/coverage_mark.h"
#include "base/status_macros.h"
#include "controller/engine/cache/call.h"
#include "fmt/format.h"
#include "model/submission.h"
#include "model/workflow.h"

namespace orrery::engine {
namespace {

// Why nothing can be run again from there; OK if something can.
absl::Status CheckFrom(const RerunWorkflow& input, const History& history) {
  const graph::Location& from = *input.from;
  if (from.steps.empty() || from.steps.back().kind != graph::StepKind::kNode) {
    return absl::InvalidArgumentError(
        fmt::format("{} is not a node; a node's location ends with .N and its index, as in -.N3 or "
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

absl::Status Reuses::Check(const RerunWorkflow& input) const {
  const Workflow* source = core_.workflows.Find(input.source);
  if (source == nullptr) {
    return absl::NotFoundError(fmt::format("there is no workflow {}", input.source.ToString()));
  }
  if (!source->is_settled()) {
    return absl::FailedPreconditionError(fmt::format(
        "workflow {} is running; wait for its end, or cancel it first", input.source.ToString()));
  }
  if (input.is_resume() && source->status() == model::WorkflowStatus::kSucceeded) {
    return absl::FailedPreconditionError(
        fmt::format("workflow {} has succeeded, there is nothing to resume; restart it from a "
                    "node, or rerun it with other inputs",
                    input.source.ToString()));
  }
  return absl::OkStatus();
}

absl::StatusOr<WorkflowSubmitted> Reuses::MakeSubmission(const RerunWorkflow& input,
                                                         const History& history) const {
  RETURN_IF_ERROR(Check(input));
  const WorkflowNumber source = core_.workflows.Find(input.source)->number();
  if (!history.submitted.has_value() || history.submitted->number != source) {
    return absl::FailedPreconditionError(
        fmt::format("workflow {} has changed meanwhile; ask again", input.source.ToString()));
  }
  if (input.id != input.source && core_.workflows.Find(input.id) != nullptr) {
    return absl::AlreadyExistsError(
        fmt::format("workflow {} exists already; take another id", input.id.ToString()));
  }
  if (input.from.has_value()) RETURN_IF_ERROR(CheckFrom(input, history));
  WorkflowSubmitted submitted = *history.submitted;
  submitted.number = core_.workflows.NextNumber();
  submitted.id = input.id;
  submitted.reuse = Reuse{.source = source, .source_id = input.source, .from = input.from};
  model::Submission& submission = submitted.submission;
  submission.cache_mode = input.cache_mode.value_or(submission.cache_mode);
  for (const graph::NamedValue& given : input.inputs) {
    const auto it = std::ranges::find(submission.inputs, given.name, &graph::NamedValue::name);
    if (it == submission.inputs.end()) {
      submission.inputs.push_back(given);
    } else {
      it->value = given.value;
    }
  }
  return submitted;
}

void Reuses::Await(const RerunWorkflow& input) {
  const WorkflowNumber source = core_.workflows.Find(input.source)->number();
  std::vector<RerunWorkflow>& requests = requests_[source];
  // Gated: by then the journal has all of it.
  if (requests.empty()) core_.out.gated.push_back(LoadHistory{source});
  requests.push_back(input);
}

std::vector<RerunWorkflow> Reuses::TakeAwaiting(WorkflowNumber source) {
  std::vector<RerunWorkflow> requests = std::move(requests_[source]);
  requests_.erase(source);
  return requests;
}

void Reuses::Apply(const WorkflowSubmitted& record) {
  if (!record.reuse.has_value()) return;
  phases_[record.number] = {.source = record.reuse->source, .began_at = core_.now};
}

std::vector<NodeRef> Reuses::End(WorkflowNumber workflow) {
  phases_.erase(workflow);
  std::vector<NodeRef> nodes;
  for (const ReadyNode& ready : ready_.TakeHeld<AwaitingReuse>(workflow)) {
    nodes.push_back(ready.node);
  }
  return nodes;
}

void Reuses::AppendState(std::string& out) const {
  for (const auto& [number, phase] : phases_) {
    out += fmt::format("reusing {} {}\n", number.value(), phase.source.value());
  }
}

bool Reuses::IsProtected(WorkflowNumber workflow) const {
  const auto phase = phases_.find(workflow);
  return phase != phases_.end() &&
         core_.now < phase->second.began_at + core_.settings.reuse_uncancelled;
}

std::set<WorkflowNumber> Reuses::SourcesInUse() const {
  std::set<WorkflowNumber> sources;
  for (const auto& [number, phase] : phases_) sources.insert(phase.source);
  for (const auto& [source, requests] : requests_) sources.insert(source);
  return sources;
}

void Reuses::RequestHistories() {
  if (!phases_.empty()) COVERAGE_MARK("reuse.interrupted_by_restart");
  std::set<WorkflowNumber> sources;
  for (const auto& [number, phase] : phases_) sources.insert(phase.source);
  for (const WorkflowNumber source : sources) core_.out.free.push_back(LoadHistory{source});
}

void Reuses::OnHistory(WorkflowNumber source, const std::shared_ptr<const History>& history) {
  std::vector<WorkflowNumber> waiting;
  for (const auto& [number, phase] : phases_) {
    if (phase.source == source && phase.history == nullptr) waiting.push_back(number);
  }
  for (const WorkflowNumber number : waiting) {
    COVERAGE_MARK("reuse.goes_on_after_restart");
    SetHistory(number, history);
    Workflow& workflow = *core_.workflows.Find(number);
    for (const ReadyNode& ready : ready_.TakeHeld<AwaitingReuse>(number))
      Hold(workflow, ready.node);
    // Builtins that wait are asked about once more.
    Turn outstanding = core_.NewTurn();
    workflow.AppendOutstanding(outstanding);
    outstanding.loads.clear();
    outstanding.stores.clear();
    core_.follow(workflow, outstanding);
  }
}

void Reuses::SetHistory(WorkflowNumber workflow, std::shared_ptr<const History> history) {
  phases_.at(workflow).history = std::move(history);
}

const NodeFinished* Reuses::FindKnown(const Phase& phase, const Workflow& workflow,
                                      NodeRef node) const {
  const auto known = phase.history->finished.find(workflow.LocationOf(node));
  if (known == phase.history->finished.end()) return nullptr;
  return known->second.call == CallDigestOf(workflow, node) ? &known->second : nullptr;
}

bool Reuses::Hold(const Workflow& workflow, NodeRef node) {
  const auto it = phases_.find(workflow.number());
  if (it == phases_.end()) return false;
  const Phase& phase = it->second;
  const bool is_known = phase.history != nullptr && FindKnown(phase, workflow, node) != nullptr;
  ready_.Hold({workflow.number(), node},
              is_known ? ReadyPlace(Reusable()) : ReadyPlace(AwaitingReuse()));
  return true;
}

bool Reuses::AnswerWait(const Workflow& workflow, NodeRef node) {
  const auto it = phases_.find(workflow.number());
  if (it == phases_.end()) return false;
  Phase& phase = it->second;
  if (phase.history == nullptr) return true;  // It is asked for again when that is there.
  if (FindKnown(phase, workflow, node) == nullptr) return false;
  COVERAGE_MARK("reuse.wait_taken_over");
  phase.known_waits.push_back(node);
  return true;
}

bool Reuses::HasKnown(WorkflowNumber workflow, const Phase& phase) const {
  return !phase.known_waits.empty() || ready_.CountHeld<Reusable>(workflow) > 0;
}

bool Reuses::has_known() const {
  return ready_.has_held<Reusable>() || std::ranges::any_of(phases_, [](const auto& entry) {
           return !entry.second.known_waits.empty();
         });
}

std::optional<NodeRef> Reuses::PopKnown(WorkflowNumber workflow, Phase& phase) {
  if (const auto ready = ready_.PopHeld<Reusable>(workflow)) return ready->node;
  if (phase.known_waits.empty()) return std::nullopt;
  const NodeRef node = phase.known_waits.front();
  phase.known_waits.pop_front();
  return node;
}

void Reuses::RecordKnown() {
  std::uint64_t steps_left = core_.settings.nodes_per_step();
  for (auto& [number, phase] : phases_) {
    const Workflow& workflow = *core_.workflows.Find(number);
    while (steps_left > 0) {
      const std::optional<NodeRef> node = PopKnown(number, phase);
      if (!node.has_value()) break;
      --steps_left;
      NodeFinished again = *FindKnown(phase, workflow, *node);
      again.node.workflow = number;
      core_.Decide(std::move(again));
      // Its end ends the phase, too.
      if (workflow.is_settled()) return;
    }
  }
}

void Reuses::EndFinished() {
  std::vector<WorkflowNumber> ended;
  for (const auto& [number, phase] : phases_) {
    const Workflow& workflow = *core_.workflows.Find(number);
    if (phase.history != nullptr && !HasKnown(number, phase) &&
        !workflow.has_pending(core_.settings) && !workflow.waits_for_storage()) {
      ended.push_back(number);
    }
  }
  for (const WorkflowNumber number : ended) core_.Decide(ReuseEnded{number});
}

}  // namespace orrery::engine
