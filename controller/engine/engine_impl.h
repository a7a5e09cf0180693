// The steps on the engine's state (engine_state.h). Included by the engine's own sources only:
//
//   engine.cc           Step, Replay, and what a submission does
//   engine_control.cc   cancel, pause and forget
//   engine_apply.cc     what each record changes: the same when decided and when replayed
//   engine_workers.cc   workers that come, go, answer and are waited for
//   engine_dispatch.cc  ready nodes to workers with room
//   engine_rerun.cc     runs that take over what an earlier one left
//   cache/engine_cache.cc  tasks whose outcome another workflow has made
//   engine_explain.cc   why things stand as they do
//   engine_query.cc     other questions, and invariants
//
// Every durable change goes through Decide(record), which applies it; so a replay, which applies
// the same records, rebuilds the same state.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "controller/engine/engine.h"
#include "controller/engine/engine_state.h"
#include "controller/engine/workflow/turn.h"
#include "controller/engine/workflow/workflow.h"

namespace orrery::engine {

class Engine::Impl : public EngineState {
 public:
  explicit Impl(Settings settings) : EngineState(settings) {}

  Output Step(absl::Time now, Input input);
  absl::StatusOr<Output> Replay(const Record& record, const ValueReader& read);
  std::optional<absl::Time> NextDeadline() const;
  std::vector<std::string> WaitingFor(const Uuid& id) const;
  absl::StatusOr<Explanation> Explain(const Uuid& id,
                                      const std::optional<graph::Location>& location) const;
  std::vector<TaskReport> Progress(const Uuid& id) const;
  absl::StatusOr<LoopTrace> Trace(const Uuid& id, std::string_view loop, std::uint64_t offset,
                                  std::uint64_t limit) const;
  absl::StatusOr<WorkflowSubmitted> PrepareRerun(const RerunWorkflow& input,
                                                 const History& history) const;
  absl::Status CheckInvariants() const;

 private:
  // --- engine.cc ---
  void On(const ControllerStart& input);
  void On(const SubmitWorkflow& input);
  void On(const ValueLoaded& input);
  void On(const ValueStored& input);
  void On(const RandomDrawn& input);
  void On(const Tick& input);
  absl::Status CheckSubmission(const SubmitWorkflow& input) const;
  // Why no task can have the policy that a submission gives it; empty if one can.
  std::string ProblemOfRule(const std::string& task, const graph::FailurePolicy& policy,
                            bool may_come) const;
  void Answer(RequestId request, absl::Status status, bool already_submitted = false);
  // Accepts what claims that were just resolved had an outcome for, and what follows.
  void AcceptResolved();
  // Derives what can be derived, in turns between workflows, up to the limit of a step.
  void Derive();
  // Runs what the turn found: ready nodes, an end, and what is needed from outside.
  void Take(Workflow& workflow, const Turn& turn);
  Turn NewTurn(std::uint32_t steps = 0);
  void Request(const Workflow& workflow, const Turn& turn);
  void StartSleep(const Workflow& workflow, NodeRef node, absl::Duration duration);
  void WakeSleepers();
  void FinishWaiting(const NodeKey& node, graph::Value value);
  void FailForStorage(const Workflow& workflow, NodeRef node, std::string_view what,
                      const absl::Status& why);
  void OnReady(Workflow& workflow, NodeRef node, QueueEntry entry);
  void OnSettled(const Workflow& workflow);
  // Whether a node has failed and nothing else is to be waited for.
  bool HasFailed(const Workflow& workflow) const;
  // Fails workflows of which that is so, and reports progress.
  void Conclude();

  // --- engine_control.cc ---
  void On(const CancelWorkflow& input);
  void On(const PauseWorkflow& input);
  void On(const ForgetWorkflows& input);
  void ForgetExpired();
  absl::Status CancelNodes(const Workflow& workflow, const graph::Location& location,
                           std::string_view reason);
  // Their workers are told to stop; nobody waits for an outcome any more.
  void Abandon(const std::function<bool(const Attempt&)>& is_superfluous,
               const std::string& reason);

  // --- engine_apply.cc ---
  template <class Body>
  void Decide(Body body) {
    DecideRecord({now_, std::move(body)});
  }
  void DecideRecord(Record record);
  absl::Status Apply(const Record& record);
  absl::Status ApplyBody(const ControllerStarted& body);
  absl::Status ApplyBody(const WorkerJoined& body);
  absl::Status ApplyBody(const WorkerLeft& body);
  absl::Status ApplyBody(const WorkflowSubmitted& body);
  absl::Status ApplyBody(const ReuseEnded& body);
  absl::Status ApplyBody(const NodeSleeping& body);
  absl::Status ApplyBody(const NodeFinished& body);
  absl::Status ApplyBody(const NodeFailed& body);
  absl::Status ApplyBody(const AttemptStarted& body);
  absl::Status ApplyBody(const AttemptReleased& body);
  absl::Status ApplyBody(const AttemptFailed& body);
  absl::Status ApplyBody(const AttemptLost& body);
  absl::Status ApplyBody(const WorkflowFailed& body);
  absl::Status ApplyBody(const WorkflowPaused& body);
  absl::Status ApplyBody(const WorkflowCancelled& body);
  absl::Status ApplyBody(const WorkflowForgotten& body);
  // The node, if it waits for an outcome. A replay derives until it is there.
  absl::StatusOr<std::pair<Workflow*, NodeRef>> FindOpen(const NodeKey& key);
  // One more thing that brings a replay nearer to what an earlier life had; false: there is none.
  bool CatchUp(Workflow& workflow, const graph::Location& location);
  bool AnswerOutstanding(Workflow& workflow);
  // Its outcome is there: what was kept about its attempts, or its sleep, goes.
  void Forget(const NodeKey& node);

  // --- engine_workers.cc ---
  void On(const PoolAnnounced& input);
  void On(const WorkerHello& input);
  void On(const WorkerAdmitted& input);
  void On(const SessionLost& input);
  void On(const WorkerDied& input);
  void On(const WorkerDraining& input);
  void On(const DrainWorkers& input);
  void On(const ProgressReported& input);
  void On(OutcomesReceived& input);
  void On(const AttemptsReleased& input);
  std::optional<RefuseWorker> WhyRefused(const WorkerHello& hello) const;
  // Records that started attempts which the worker does not hold have not run.
  void ReleaseUndeclared(const WorkerHello& hello);
  void Drain(Worker& worker);
  // The worker has left: answers those who waited for nothing else.
  void AnswerDrainWaits(const Uuid& instance);
  bool JudgeHeld(Worker& worker, const HeldAttempt& held);
  bool JudgeOlderHeld(Worker& worker, const HeldAttempt& held);
  void Accept(Worker& worker, Outcome outcome);
  // Another attempt is made later, or the node has failed.
  void FailAttempt(Workflow& workflow, NodeRef node, AttemptOrigin origin, TaskError error);
  void Adopt(AttemptId id, const Attempt& attempt);
  // Resolves the claim on a node that has become ready; false if there is none that fits.
  bool ResolveClaim(Workflow& workflow, NodeRef node);
  Claim* ClaimOf(const Worker& worker, AttemptId attempt);
  void DropClaim(std::map<NodeKey, Claim>::iterator claim, const std::string& reason);
  void DropClaimsOf(WorkflowNumber workflow, const std::string& reason);
  // By value: the id may be the one that goes with the worker.
  void RemoveWorker(Uuid instance, const WorkerEnd& end);
  // Its worker died running it: another attempt is made, or the node has failed.
  void Lose(const Worker& worker, AttemptId id, const Attempt& attempt, const WorkerEnd& end);
  // The attempt is nobody's any more; its node is ready again.
  void TakeBack(AttemptId id);
  // The same for an attempt that has not run.
  void Release(AttemptId id);
  // Records that an attempt has not run, if its start was recorded.
  void ReleaseStart(const NodeKey& node, AttemptId id);
  AttemptOrigin OriginOf(const Worker& worker, AttemptId attempt) const;
  void Acknowledge(const Worker& worker);
  void EndRecovery();

  // --- engine_rerun.cc ---
  void On(const RerunWorkflow& input);
  void On(const HistoryLoaded& input);
  absl::Status CheckRerun(const RerunWorkflow& input) const;
  absl::Status StartRerun(const RerunWorkflow& input, std::shared_ptr<const History> history);
  void ProvideHistory(WorkflowNumber number, std::shared_ptr<const History> history);
  // The outcome that the node had before; null if it must be run. Requires the history.
  const NodeFinished* FindKnown(const ReusePhase& phase, const Workflow& workflow,
                                NodeRef node) const;
  // False: the workflow takes nothing over, or nothing any more.
  bool HoldForReuse(const Workflow& workflow, NodeRef node);
  bool AnswerWaitFromReuse(const Workflow& workflow, NodeRef node);
  // Takes over what is known, at most so much in a step.
  void TakeOver();
  void EndReuses();

  // --- cache/engine_cache.cc ---
  // What may be taken over as the outcome of the ready task; null if there is none.
  const NodeFinished* FindCached(const Workflow& workflow, NodeRef node) const;
  // Whether there is one; then the node waits for TakeCached, which takes so many in a step.
  bool HoldForCache(const Workflow& workflow, NodeRef node);
  void TakeCached();
  // Of a task that was run by the worker; nothing if it is not cacheable.
  std::optional<CacheNote> NoteOf(const Worker& worker, const Workflow& workflow, NodeRef node,
                                  const Digest& call) const;
  void KeepForOthers(const Workflow& workflow, NodeRef node, const NodeFinished& outcome);

  // --- engine_explain.cc ---
  NodeExplanation ExplainNode(const Workflow& workflow, NodeRef node) const;
  std::vector<std::string> WhyReady(const Workflow& workflow, NodeRef node) const;
  std::vector<std::string> WhereRunning(const Workflow& workflow, NodeRef node) const;

  // --- engine_dispatch.cc ---
  void Dispatch();
  void Assign(TaskKindId kind, Worker& worker, const ReadyNode& ready);
  // To the queue of its task, unless it has to be held.
  void Enqueue(const Workflow& workflow, NodeRef node, QueueEntry entry = QueueEntry::kNew);
  // Fails the nodes whose task takes effect at most once and may have run.
  void FailUncertain();
  void FailUncertain(const NodeKey& node);
  void RetryDelayed();
  void FailOverdue();
  std::string WhyQueued(TaskKindId kind) const;
  void Dequeue(const Workflow& workflow, NodeRef node);
  void ClearQueues(WorkflowNumber workflow);
};

}  // namespace orrery::engine
