#include "controller/engine/retention/finished_workflows.h"

#include <algorithm>

#include "model/garbage.h"

namespace orrery::engine {

void FinishedWorkflows::Add(WorkflowNumber workflow, absl::Time finished_at) {
  if (by_number_.emplace(workflow, finished_at).second) by_time_.emplace(finished_at, workflow);
}

void FinishedWorkflows::Remove(WorkflowNumber workflow) {
  const auto it = by_number_.find(workflow);
  if (it == by_number_.end()) return;
  by_time_.erase({it->second, workflow});
  by_number_.erase(it);
}

absl::Time FinishedWorkflows::ExpiryOf(absl::Time finished_at, std::size_t position,
                                       const model::Retention& retention) const {
  const bool are_too_many = by_time_.size() - position > retention.count_max;
  const absl::Duration kept = are_too_many ? absl::ZeroDuration() : retention.age_max;
  return finished_at + std::max(kept, retention.age_min);
}

std::vector<WorkflowNumber> FinishedWorkflows::FindExpired(absl::Time now,
                                                           const model::Retention& retention,
                                                           const std::set<WorkflowNumber>& in_use,
                                                           std::size_t limit) const {
  std::vector<WorkflowNumber> expired;
  std::size_t position = 0;
  for (const auto& [finished_at, workflow] : by_time_) {
    // A workflow that finished later expires later.
    if (expired.size() == limit || ExpiryOf(finished_at, position, retention) > now) break;
    if (!in_use.contains(workflow)) expired.push_back(workflow);
    ++position;
  }
  return expired;
}

absl::Time FinishedWorkflows::NextExpiry(const model::Retention& retention,
                                         const std::set<WorkflowNumber>& in_use) const {
  std::size_t position = 0;
  for (const auto& [finished_at, workflow] : by_time_) {
    if (!in_use.contains(workflow)) return ExpiryOf(finished_at, position, retention);
    ++position;
  }
  return absl::InfiniteFuture();
}

}  // namespace orrery::engine
