// The attempts in workers' hands, and which of them another worker should rather have.
//
// Invariants: an attempt is held by the worker that it names; a worker awaits as many revocations
// as attempts were asked back for it.
//
// Threading: confined to the engine's thread.
#pragma once

#include <cstddef>
#include <set>
#include <utility>
#include <vector>

#include "absl/container/btree_set.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/uuid.h"
#include "controller/engine/effect.h"
#include "controller/engine/ids.h"
#include "controller/engine/scheduling/attempt.h"
#include "controller/engine/scheduling/worker_table.h"
#include "controller/engine/settings.h"
#include "model/attempt_id.h"
#include "model/outcome.h"

namespace orrery::engine {

class AttemptTable {
 public:
  // Both outlive this.
  AttemptTable(const Settings& settings, WorkerTable& workers)
      : settings_(settings), workers_(workers) {}
  AttemptTable(const AttemptTable&) = delete;
  AttemptTable& operator=(const AttemptTable&) = delete;

  // The worker is known.
  void Begin(model::AttemptId id, Attempt attempt, absl::Time now);
  // Requires that it is there.
  Attempt End(model::AttemptId id);
  // Null: there is none.
  Attempt* Find(model::AttemptId id);
  const Attempt* Find(model::AttemptId id) const;
  std::size_t size() const { return attempts_.size(); }

  // The attempts of the workflow, the oldest first.
  std::vector<model::AttemptId> Of(WorkflowNumber workflow) const;

  // Requires that the attempt is there.
  void SetProgress(model::AttemptId id, model::TaskProgress progress);
  // The attempts of the workflow that have reported how far they are, the oldest first.
  std::vector<std::pair<model::AttemptId, const Attempt*>> ReportedOf(
      WorkflowNumber workflow) const;

  // Asks for what waits at workers while others, which offer the task, have slots free.
  std::vector<RevokeAttempts> Balance(absl::Time now);
  // Asks for everything that waits at a worker in which nothing can begin.
  std::vector<model::AttemptId> RevokeAll(const Worker& worker);
  // When something will have waited for long enough; infinite if nothing will.
  absl::Time next_balance() const { return next_balance_; }
  // The worker's connection is lost: what was said last may not have arrived.
  void ClearRevocationsAt(const Worker& worker);
  // The worker goes: nothing is wanted for it any more.
  void ClearRevocationsFor(const Uuid& instance);

  // kInternal names what does not hold.
  absl::Status CheckInvariants() const;

 private:
  // Revokes what has waited at the worker for too long, while others could start it. Returns when
  // to look again.
  absl::Time Revoke(const Worker& busy, absl::Time now, std::vector<RevokeAttempts>& effects);
  void ClearRevocation(Attempt& attempt);

  const Settings& settings_;
  WorkerTable& workers_;
  absl::flat_hash_map<model::AttemptId, Attempt> attempts_;  // In no order that matters.
  absl::btree_set<std::pair<WorkflowNumber, model::AttemptId>> by_workflow_;
  // Those with progress, for the views.
  std::set<std::pair<WorkflowNumber, model::AttemptId>> reported_;
  absl::Time next_balance_ = absl::InfiniteFuture();
};

}  // namespace orrery::engine
