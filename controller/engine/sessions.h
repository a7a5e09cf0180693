// The workers' side of a step: they connect, give outcomes, lose their connection, drain and die.
//
// Threading: confined to the engine's thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "base/uuid.h"
#include "controller/engine/core.h"
#include "controller/engine/input.h"
#include "controller/engine/recovery/recovery.h"
#include "controller/engine/scheduling/scheduler.h"
#include "model/attempt_id.h"
#include "model/outcome.h"
#include "model/worker.h"

namespace orrery::engine {

class Sessions {
 public:
  // All outlive this.
  Sessions(Core& core, Scheduler& scheduler, Recovery& recovery)
      : core_(core), scheduler_(scheduler), recovery_(recovery) {}
  Sessions(const Sessions&) = delete;
  Sessions& operator=(const Sessions&) = delete;

  void OnWorkerConnected(const WorkerHello& input);
  void OnWorkerAdmitted(const WorkerAdmitted& input);
  void OnWorkerDraining(const WorkerDraining& input);
  void OnProgressReported(const ProgressReported& input);
  void OnOutcomesReceived(OutcomesReceived& input);
  void OnAttemptUndeliverable(AttemptUndeliverable& input);
  void OnAttemptsReleased(const AttemptsReleased& input);
  void OnSessionLost(const SessionLost& input);
  void OnWorkerDied(const WorkerDied& input);
  void OnDrainRequested(const DrainWorkers& input);

  // --- Phases of a step ---
  // Accepts an outcome that came before its claim was resolved; false if there is none.
  bool AcceptResolved();
  // Gives up workers that did not reconnect in time.
  void RemoveLost();

 private:
  // Callers that wait for drained workers to leave, and for others in their place.
  struct DrainWait {
    RequestId request;
    std::set<Uuid> instances;
    std::multiset<std::string> replacements;  // The names of those to come.

    bool is_over() const { return instances.empty() && replacements.empty(); }
  };

  void Admit(Worker& worker);
  std::optional<RefuseWorker> WhyRefused(const WorkerHello& hello) const;
  // Refuses a process that is not the one that joined as the instance.
  std::optional<RefuseWorker> WhyNotTheSame(const WorkerHello& hello) const;
  // Records the worker if that is to be done; returns true if it was recorded before.
  bool Join(const WorkerHello& hello, const std::string& key);
  // Returns true if the worker is to keep the attempt that it declares.
  bool JudgeHeld(Worker& worker, const model::HeldAttempt& held, bool was_recorded);
  // Returns true if the worker declares the attempt as it was assigned.
  bool IsSameAttempt(const Worker& worker, const Attempt& attempt,
                     const model::HeldAttempt& held) const;
  void Accept(Worker& worker, model::Outcome outcome);
  // Another attempt is made later, or the node has failed.
  void FailAttempt(Workflow& workflow, NodeRef node, AttemptOrigin origin, model::TaskError error);
  // By value: the id may be the one that goes with the worker.
  void RemoveWorker(Uuid instance, const model::WorkerEnd& end);
  // How a worker was lost that ran an attempt.
  struct Loss {
    const model::WorkerEnd& end;
    // Other tasks ran in the process.
    bool is_shared = false;
  };
  // The attempts of the worker that may have begun and are wanted.
  std::vector<model::AttemptId> PossiblyRunning(const Worker& worker) const;
  // Returns true if other tasks may have run beside the `lost` attempts, or these are several.
  bool IsShared(const Worker& worker, std::size_t lost) const;
  // The worker died running the attempt: another one is made, or the node has failed.
  void LoseAttempt(const Worker& worker, model::AttemptId id, const Attempt& attempt,
                   const Loss& loss);
  // The worker has given the attempt back, or it never arrived there.
  void Release(Worker& worker, model::AttemptId id);
  // Nobody asked for the attempt, which was returned without an outcome: its node is ready again,
  // perhaps later, or has failed.
  void CountReturn(const Worker& worker, model::AttemptId id, const Attempt& attempt);
  // The node of the attempt, which is nobody's any more, is ready again.
  void ReturnNode(const Attempt& attempt);
  void OnStuckSlots(Worker& worker, std::uint32_t stuck_slots);
  // Records that an attempt has not run, if its start was recorded.
  void ReleaseStart(const NodeKey& node, model::AttemptId id);
  // Records that started attempts which the worker does not hold have not run.
  void ReleaseUndeclared(const Uuid& instance,
                         const absl::flat_hash_set<model::AttemptId>& declared);
  // Loses an attempt that takes effect at most once and is declared otherwise than it was assigned:
  // it may have begun. Returns true if it is one.
  bool LoseStarted(Worker& worker, model::AttemptId id);
  void Drain(Worker& worker);
  // The worker's session has ended.
  static void CountFruitless(Worker& worker);
  // Fails the node of the finished attempt if too many sessions have ended before its outcome came.
  // Returns true if it did.
  bool FailUndelivered(Worker& worker, model::AttemptId id);
  // The worker, which is new, takes the place of one that was drained.
  void OnReplacement(const Worker& worker);
  // Answers the callers that wait for nothing more.
  void AnswerDrainWaits();

  Core& core_;
  Scheduler& scheduler_;
  Recovery& recovery_;
  std::vector<DrainWait> drain_waits_;
};

}  // namespace orrery::engine
