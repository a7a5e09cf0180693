// The attempts of nodes that have no outcome yet: those that failed or were lost, and the start of
// a task that takes effect at most once. Made of records only: a replay rebuilds it.
//
// Threading: confined to the engine's thread.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "controller/engine/ids.h"
#include "controller/engine/record.h"
#include "model/attempt_failure.h"
#include "model/attempt_id.h"

namespace orrery::engine {

// Of one node.
struct FailureHistory {
  // Workers that died running it alone.
  std::uint32_t workers_lost = 0;
  // Workers that died, for whatever reason, while they ran it and others.
  std::uint32_t shared_losses = 0;
  // Workers that the kernel killed for their memory while they ran it alone.
  std::uint32_t out_of_memory = 0;
  // Attempts that ended with an error.
  std::uint32_t errors = 0;
  // Not to be tried again before.
  absl::Time retry_at = absl::InfinitePast();
  // Oldest first.
  std::vector<model::AttemptFailure> attempts;

  // Returns true if the attempt's outcome was one of the latest errors.
  bool HasErrorOf(model::AttemptId attempt) const {
    return std::ranges::any_of(attempts, [&](const model::AttemptFailure& failure) {
      return failure.attempt == attempt && !failure.is_lost;
    });
  }
};

class FailureHistories {
 public:
  // Null: no attempt of the node has failed or was lost.
  const FailureHistory* Find(const NodeKey& node) const;
  bool empty() const { return histories_.empty(); }

  void Add(const AttemptLost& record, absl::Time at);
  void Add(const AttemptFailed& record, absl::Time at);
  // The node has its outcome; returns the attempts that went before.
  std::vector<model::AttemptFailure> Remove(const NodeKey& node);

  // --- Tasks that take effect at most once ---
  // The attempt that was given to a worker and may have run; null if there is none.
  const AttemptOrigin* FindStart(const NodeKey& node) const;
  bool has_starts() const { return !starts_.empty(); }
  const std::map<NodeKey, AttemptOrigin>& starts() const { return starts_; }
  void Start(const AttemptStarted& record) { starts_[record.node] = record.origin; }
  void Release(const AttemptReleased& record);

  void RemoveWorkflow(WorkflowNumber workflow);
  // Appends everything a replay must rebuild.
  void AppendState(std::string& out) const;

 private:
  std::map<NodeKey, FailureHistory> histories_;
  std::map<NodeKey, AttemptOrigin> starts_;
};

}  // namespace orrery::engine
