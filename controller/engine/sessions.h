// The workers' side of a step: they connect, give outcomes, lose their connection, drain and die.
//
// Threading: confined to the engine's thread.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

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
  // Returns true if the worker is to keep the attempt that it declares.
  bool JudgeHeld(Worker& worker, const model::HeldAttempt& held);
  void Accept(Worker& worker, model::Outcome outcome);
  // Another attempt is made later, or the node has failed.
  void FailAttempt(Workflow& workflow, NodeRef node, AttemptOrigin origin, model::TaskError error);
  // By value: the id may be the one that goes with the worker.
  void RemoveWorker(Uuid instance, const model::WorkerEnd& end);
  // The worker died running the attempt: another one is made, or the node has failed.
  void LoseAttempt(const Worker& worker, model::AttemptId id, const Attempt& attempt,
                   const model::WorkerEnd& end);
  // The attempt is nobody's any more; its node is ready again.
  void TakeBack(model::AttemptId id);
  // The same for an attempt that has not run.
  void Release(model::AttemptId id);
  // Records that an attempt has not run, if its start was recorded.
  void ReleaseStart(const NodeKey& node, model::AttemptId id);
  // Records that started attempts which the worker does not hold have not run.
  void ReleaseUndeclared(const WorkerHello& hello);
  void Drain(Worker& worker);
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
