// The engine's state and the steps on it. Included by the engine's own sources only:
//
//   engine.cc           Step, Replay, and what submit and cancel do
//   engine_apply.cc     what each record changes: the same when decided and when replayed
//   engine_workers.cc   workers that come, go, answer and are waited for
//   engine_dispatch.cc  ready nodes to workers with room
//   engine_rerun.cc     runs that take over what an earlier one left
//   engine_query.cc     questions and invariants
//
// Every durable change goes through Decide(record), which applies it; so a replay, which applies
// the same records, rebuilds the same state.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "base/check.h"
#include "controller/engine/attempt.h"
#include "controller/engine/engine.h"
#include "controller/engine/graph_cache.h"
#include "controller/engine/outside_waits.h"
#include "controller/engine/ready_queue.h"
#include "controller/engine/recovery.h"
#include "controller/engine/reuse_phase.h"
#include "controller/engine/worker_table.h"
#include "controller/engine/workflow/turn.h"
#include "controller/engine/workflow/workflow.h"

namespace orrery::engine {

class Engine::Impl {
 public:
  explicit Impl(Settings settings) : settings_(settings) {}

  Output Step(absl::Time now, Input input);
  absl::StatusOr<Output> Replay(const Record& record, const ValueReader& read);
  std::optional<absl::Time> NextDeadline() const;
  std::uint64_t epoch() const { return epoch_; }
  std::vector<WorkerSnapshot> Workers() const;
  std::vector<std::string> WaitingFor(const Uuid& id) const;
  absl::StatusOr<LoopTrace> Trace(const Uuid& id, std::string_view loop, std::uint64_t offset,
                                  std::uint64_t limit) const;
  absl::StatusOr<WorkflowSubmitted> PrepareRerun(const RerunWorkflow& input,
                                                 const History& history) const;
  std::optional<WorkflowNumber> FindSettled(const Uuid& workflow) const;
  absl::Status CheckInvariants() const;
  Digest StateDigest() const;

 private:
  // --- engine.cc ---
  void On(const ControllerStart& input);
  void On(const SubmitWorkflow& input);
  void On(const CancelWorkflow& input);
  void On(const ValueLoaded& input);
  void On(const ValueStored& input);
  void On(const RandomDrawn& input);
  void On(const Tick& input);
  absl::Status CheckSubmission(const SubmitWorkflow& input) const;
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
  void OnReady(Workflow& workflow, NodeRef node);
  void OnSettled(const Workflow& workflow);
  // Fails workflows in which a node has failed and nothing runs, and reports progress.
  void Conclude();
  Output TakeOutput();

  // --- engine_apply.cc ---
  template <class Body>
  void Decide(Body body) {
    const Record record{now_, std::move(body)};
    out_.records.push_back(record);
    const absl::Status status = Apply(record);
    CHECK(status.ok());
  }
  absl::Status Apply(const Record& record);
  absl::Status ApplyBody(const ControllerStarted& body);
  absl::Status ApplyBody(const WorkerJoined& body);
  absl::Status ApplyBody(const WorkerLeft& body);
  absl::Status ApplyBody(const WorkflowSubmitted& body);
  absl::Status ApplyBody(const ReuseEnded& body);
  absl::Status ApplyBody(const NodeSleeping& body);
  absl::Status ApplyBody(const NodeFinished& body);
  absl::Status ApplyBody(const NodeFailed& body);
  absl::Status ApplyBody(const AttemptLost& body);
  absl::Status ApplyBody(const WorkflowFailed& body);
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
  void On(const SessionLost& input);
  void On(const WorkerDied& input);
  void On(const WorkerDraining& input);
  void On(const OutcomesReceived& input);
  void On(const AttemptsReleased& input);
  std::optional<RefuseWorker> WhyRefused(const WorkerHello& hello) const;
  bool JudgeHeld(Worker& worker, const HeldAttempt& held);
  bool JudgeOlderHeld(Worker& worker, const HeldAttempt& held);
  void Accept(Worker& worker, const Outcome& outcome);
  void Adopt(AttemptId id, const Attempt& attempt);
  // Resolves the claim on a node that has become ready; false if there is none that fits.
  bool ResolveClaim(Workflow& workflow, NodeRef node);
  Claim* ClaimOf(const Worker& worker, AttemptId attempt);
  void DropClaim(std::map<NodeKey, Claim>::iterator claim, const std::string& reason);
  void DropClaimsOf(WorkflowNumber workflow, const std::string& reason);
  // By value: the id may be the one that goes with the worker.
  void RemoveWorker(Uuid instance);
  // The attempt is nobody's any more; its node is ready again.
  void TakeBack(AttemptId id);
  AttemptOrigin OriginOf(const Worker& worker, AttemptId attempt) const;
  void Acknowledge(const Worker& worker);
  void EndRecovery();
  bool is_recovering() const { return !recovery_.awaited.empty(); }

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

  // --- engine_dispatch.cc ---
  void Dispatch();
  void Assign(TaskKindId kind, Worker& worker, const ReadyNode& ready);
  void Enqueue(const Workflow& workflow, NodeRef node);
  void Dequeue(const Workflow& workflow, NodeRef node);
  void ClearQueues(WorkflowNumber workflow);
  Digest DigestInputsOf(const Workflow& workflow, NodeRef node) const;
  Digest CallDigestOf(const Workflow& workflow, NodeRef node) const;
  Workflow* FindWorkflow(WorkflowNumber number);
  const Workflow* FindWorkflow(const Uuid& id) const;

  const Settings settings_;
  bool is_replaying_ = true;
  absl::Time now_ = absl::InfinitePast();
  Output out_;
  std::uint64_t epoch_ = 0;
  std::uint64_t last_attempt_ = 0;
  GraphCache graphs_;
  std::map<WorkflowNumber, std::unique_ptr<Workflow>> workflows_;
  std::map<Uuid, WorkflowNumber> by_id_;
  std::uint64_t last_workflow_ = 0;
  // Of graph, inputs and name: tells a repeated submission from another one.
  std::map<WorkflowNumber, Digest> submissions_;
  // How many workers died running the node.
  std::map<NodeKey, std::uint32_t> workers_lost_;
  // Changed since the last Conclude.
  std::set<WorkflowNumber> changed_;
  WorkerTable workers_;
  // Recorded as joined and not as left; true: dies with the controller.
  std::map<Uuid, bool> joined_;
  absl::flat_hash_map<AttemptId, Attempt> attempts_;  // Lookup only.
  std::map<TaskKindId, ReadyQueue> ready_;            // No empty queues.
  std::set<WorkflowNumber> deriving_;
  OutsideWaits outside_;
  std::map<WorkflowNumber, ReusePhase> reusing_;
  std::map<WorkflowNumber, std::vector<RerunWorkflow>> rerun_requests_;  // By their source.
  // During a replay: how to read a value, and those that could not be read.
  const ValueReader* read_ = nullptr;
  std::set<Digest> unreadable_;
  Recovery recovery_;
};

}  // namespace orrery::engine
