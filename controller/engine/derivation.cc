#include "controller/engine/derivation.h"

#include <algorithm>
#include <cstdint>
#include <set>
#include <utility>

#include "base/coverage_mark.h"

namespace orrery::engine {

void Derivation::ResumeAll() {
  for (Workflow* workflow : core_.workflows.All()) {
    if (workflow->is_settled()) continue;
    const WorkflowNumber number = workflow->number();
    phases_.recovery.AddWorkflow(number);
    core_.changed.insert(number);
    Turn outstanding = core_.NewTurn();
    workflow->AppendOutstanding(outstanding);
    Request(*workflow, outstanding);
    if (workflow->is_stopping() && !phases_.reuses.Has(number)) continue;
    for (const NodeRef node : workflow->ReadyNodes()) OnReady(*workflow, node, QueueEntry::kNew);
  }
}

void Derivation::Derive() {
  const std::uint64_t step_work = core_.settings.step_work.max;
  std::uint64_t done = 0;
  while (done < step_work) {
    const std::size_t count = core_.deriving.size();
    const std::optional<WorkflowNumber> number = core_.deriving.Next(core_.now);
    if (!number.has_value()) return;
    Workflow* workflow = core_.workflows.Find(*number);
    if (workflow != nullptr && workflow->has_pending(core_.settings)) {
      Turn turn = core_.NewTurn(std::max<std::uint64_t>(1, (step_work - done) / count));
      const MarkedWork mark(core_.poison.mark, *number, workflow->id());
      workflow->Run(turn);
      done += std::max<std::uint64_t>(1, turn.work.done());
      core_.deriving.OnTurn(*number, turn.work.done(), core_.now);
      Follow(*workflow, turn);
    }
    workflow = core_.workflows.Find(*number);
    if (workflow == nullptr || !workflow->has_pending(core_.settings)) {
      core_.deriving.Erase(*number);
    }
  }
}

void Derivation::Follow(Workflow& workflow, const Turn& turn) {
  const WorkflowNumber number = workflow.number();
  core_.changed.insert(number);
  core_.all_bytes += static_cast<std::uint64_t>(workflow.TakeGrowth());
  if (workflow.has_pending(core_.settings)) core_.deriving.Insert(number);
  if (workflow.is_settled()) OnSettled(workflow);
  if (!is_live_ || workflow.is_settled()) return;
  Request(workflow, turn);
  if (!workflow.is_stopping()) {
    const QueueEntry entry = turn.is_return ? QueueEntry::kReturned : QueueEntry::kNew;
    for (const NodeRef node : turn.ready) OnReady(workflow, node, entry);
    return;
  }
  // Nothing else is given to workers; but what an earlier run made is not to be lost to a later
  // one.
  if (!phases_.reuses.Has(number)) phases_.scheduler.ready().RemoveWorkflow(number);
  for (const NodeRef node : turn.ready) phases_.reuses.Hold(workflow, node);
}

void Derivation::OnPauseChanged(const Workflow& workflow) {
  if (is_live_ && !workflow.is_settled()) phases_.scheduler.OnPauseChanged(workflow);
}

void Derivation::Request(const Workflow& workflow, const Turn& turn) {
  for (const Turn::Load& load : turn.loads) phases_.waits.Load(workflow, load);
  for (const Turn::Store& store : turn.stores) phases_.waits.Store(workflow, store);
  for (const Turn::Refused& refused : turn.refused) phases_.waits.Refuse(workflow, refused);
  for (const Turn::Wait& wait : turn.waits) {
    if (!phases_.reuses.AnswerWait(workflow, wait.node)) phases_.waits.Wait(workflow, wait);
  }
}

void Derivation::OnReady(const Workflow& workflow, NodeRef node, QueueEntry entry) {
  if (phases_.recovery.ResolveClaim(workflow, node) || phases_.reuses.Hold(workflow, node)) return;
  if (phases_.recovery.HoldsBack(workflow.number())) {
    COVERAGE_MARK("recovery.node_held_back");
    phases_.scheduler.ready().Hold({workflow.number(), node}, AwaitingWorker());
    return;
  }
  phases_.scheduler.Enqueue(workflow, node, entry);
}

void Derivation::OnSettled(const Workflow& workflow) {
  const WorkflowNumber number = workflow.number();
  core_.deriving.Remove(number);
  phases_.scheduler.failures().RemoveWorkflow(number);
  phases_.scheduler.returned().RemoveWorkflow(number);
  phases_.scheduler.ready().RemoveWorkflow(number);
  phases_.waits.RemoveWorkflow(number);
  phases_.recovery.RemoveWorkflow(number);
  phases_.reuses.RemoveWorkflow(number);
  phases_.recovery.AbandonClaimsOf(number, "the workflow has ended");
  phases_.scheduler.Abandon(
      number, [](const Attempt&) { return true; }, "the workflow has ended");
  core_.graphs.Collect();
  core_.workflows.finished().Add(number, core_.now);
}

bool Derivation::HasFailed(const Workflow& workflow) const {
  if (!workflow.is_failing() || workflow.is_settled() || workflow.counts().running > 0) {
    return false;
  }
  return workflow.is_stopping() || (workflow.counts().ready == 0 && !workflow.waits_for_outside() &&
                                    !workflow.has_pending(core_.settings));
}

void Derivation::Conclude() {
  const std::set<WorkflowNumber> changed = std::exchange(core_.changed, {});
  for (const WorkflowNumber number : changed) {
    Workflow* workflow = core_.workflows.Find(number);
    if (workflow == nullptr) continue;
    const bool is_open = phases_.recovery.HoldsBack(number) || phases_.reuses.Has(number);
    if (workflow->is_stopping() && !workflow->is_settled() && !is_open) {
      phases_.recovery.AbandonClaimsOf(number, "another node of the workflow has failed");
    }
    if (!is_open && HasFailed(*workflow)) core_.Decide(WorkflowFailed{number});
    core_.out.gated.push_back(
        WorkflowProgressed{.id = workflow->id(), .counts = workflow->counts()});
  }
  core_.changed.clear();
}

void Derivation::ReportProgress() {
  for (const WorkflowNumber number : std::exchange(core_.changed, {})) {
    const Workflow* workflow = core_.workflows.Find(number);
    if (workflow == nullptr) continue;
    core_.out.gated.push_back(
        WorkflowProgressed{.id = workflow->id(), .counts = workflow->counts()});
  }
}

}  // namespace orrery::engine
