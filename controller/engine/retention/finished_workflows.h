// The workflows that have finished, by when, and which of them are kept no longer.
//
// Threading: confined to the engine's thread.
#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "controller/engine/ids.h"
#include "model/garbage.h"

namespace orrery::engine {

class FinishedWorkflows {
 public:
  // Ignores a workflow that was added before.
  void Add(WorkflowNumber workflow, absl::Time finished_at);
  void Remove(WorkflowNumber workflow);

  // Returns at most `limit` workflows that have expired and are not in use, ordered by their end.
  std::vector<WorkflowNumber> FindExpired(absl::Time now, const model::Retention& retention,
                                          const std::set<WorkflowNumber>& in_use,
                                          std::size_t limit) const;
  // Returns the time at which the next workflow expires; InfiniteFuture if none does.
  absl::Time NextExpiry(const model::Retention& retention,
                        const std::set<WorkflowNumber>& in_use) const;

  std::size_t count() const { return by_time_.size(); }

 private:
  // Returns the time at which the workflow that finished as the `position`th expires.
  absl::Time ExpiryOf(absl::Time finished_at, std::size_t position,
                      const model::Retention& retention) const;

  std::map<WorkflowNumber, absl::Time> by_number_;
  std::set<std::pair<absl::Time, WorkflowNumber>> by_time_;
};

}  // namespace orrery::engine
