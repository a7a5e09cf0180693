// The workers from before the controller's restart, and the attempts that they hold.
//
// Until all of them are back, or their grace ends, nodes of workflows from before are not given to
// others. An attempt whose node is not ready yet is a claim: the node goes to it when it becomes
// ready with the same inputs.
//
// Threading: confined to the engine's thread.
#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "base/uuid.h"
#include "controller/engine/core.h"
#include "controller/engine/input.h"
#include "controller/engine/record.h"
#include "controller/engine/scheduling/scheduler.h"
#include "model/attempt_id.h"
#include "model/outcome.h"
#include "model/worker.h"

namespace orrery::engine {

class Recovery {
 public:
  // Both outlive this.
  Recovery(Core& core, Scheduler& scheduler) : core_(core), scheduler_(scheduler) {}
  Recovery(const Recovery&) = delete;
  Recovery& operator=(const Recovery&) = delete;

  // --- Workers, as recorded ---
  void Apply(const WorkerJoined& record) { joined_[record.instance] = record; }
  void Apply(const WorkerLeft& record) { joined_.erase(record.instance); }
  // Null: no such worker has joined, or it has left.
  const WorkerJoined* FindJoined(const Uuid& instance) const;
  // Appends everything a replay must rebuild.
  void AppendState(std::string& out) const;

  // --- Waiting for workers ---
  // The journal has been replayed: workers that died with the controller have left, the others are
  // awaited.
  void Begin();
  bool is_waiting() const { return !awaited_.empty(); }
  std::size_t awaited_count() const { return awaited_.size(); }
  // When the grace of the awaited workers ends; infinite if none is awaited.
  absl::Time awaited_until() const { return awaited_until_; }
  // Returns true if the workflow is from before the restart, and workers are still awaited.
  bool HoldsBack(WorkflowNumber workflow) const {
    return is_waiting() && recovered_.contains(workflow);
  }
  // The workflow is from before the restart.
  void AddWorkflow(WorkflowNumber workflow) { recovered_.insert(workflow); }
  void RemoveWorkflow(WorkflowNumber workflow) { recovered_.erase(workflow); }
  // The worker has reconnected.
  void OnConnected(const Uuid& instance);
  // The worker has died.
  void OnDied(const Uuid& instance);
  // Gives the awaited workers up if their grace has ended.
  void EndGrace();

  // --- Attempts that reconnecting workers declare ---
  // Returns true if the worker is to keep the attempt, which is of an earlier epoch. A claim is
  // only made by a worker that `was_recorded` before the Hello: its inputs cannot be compared yet.
  bool JudgeHeld(Worker& worker, const model::HeldAttempt& held, bool was_recorded);
  // Null: the worker has no such claim.
  Claim* FindClaim(const Worker& worker, model::AttemptId attempt);
  // Returns true if the worker declares the attempt as it claimed it.
  static bool IsSameClaim(const Worker& worker, const Claim& claim, const model::HeldAttempt& held);
  bool HasClaim(model::AttemptId attempt) const { return claim_of_.contains(attempt); }
  std::size_t claim_count() const { return claims_.size(); }
  // Gives the node, which has become ready, to its claim; false if there is none that fits.
  bool ResolveClaim(const Workflow& workflow, NodeRef node);
  // The next outcome that came before its claim was resolved, with its worker's instance.
  std::optional<std::pair<Uuid, model::Outcome>> PopResolved();
  void AbandonClaim(model::AttemptId attempt, const std::string& reason);
  void AbandonClaimsOf(WorkflowNumber workflow, const std::string& reason);
  void AbandonClaimsOf(const Uuid& instance, const std::string& reason);

  // Tells the worker up to where its outcomes are durable.
  void Acknowledge(const Worker& worker);

 private:
  using Claims = std::map<NodeKey, Claim>;

  void AbandonClaim(Claims::iterator claim, const std::string& reason);
  void End();

  Core& core_;
  Scheduler& scheduler_;
  // Recorded as joined and not as left.
  std::map<Uuid, WorkerJoined> joined_;

  std::set<Uuid> awaited_;
  absl::Time awaited_until_ = absl::InfiniteFuture();
  std::set<WorkflowNumber> recovered_;
  Claims claims_;
  std::map<model::AttemptId, NodeKey> claim_of_;
  std::deque<std::pair<Uuid, model::Outcome>> resolved_;
};

}  // namespace orrery::engine
