#include "controller/engine/scheduling/returned_attempts.h"

#include <algorithm>
#include <utility>

#include "base/coverage_mark.h"
#include "graph/failure_policy.h"

namespace orrery::engine {
namespace {

constexpr absl::Duration kFirstDelay = absl::Milliseconds(100);
constexpr absl::Duration kLongestDelay = absl::Seconds(10);

// The delay after `excess` returns beyond those that are forgiven.
absl::Duration DelayAfter(std::uint64_t excess) {
  constexpr std::uint64_t kDoublings = 16;
  return std::min(
      kLongestDelay,
      graph::BackoffAfter(kFirstDelay, static_cast<std::uint32_t>(std::min(excess, kDoublings))));
}

}  // namespace

std::uint32_t ReturnedAttempts::Add(const NodeKey& node, absl::Time now) {
  Returns& returns = nodes_[node];
  ++returns.count;
  if (returns.count > settings_.forgiven_returns.max) {
    COVERAGE_MARK("attempt.returned_often");
    returns.retry_at = now + DelayAfter(returns.count - settings_.forgiven_returns.max);
  }
  return returns.count;
}

std::uint32_t ReturnedAttempts::CountOf(const NodeKey& node) const {
  const auto it = nodes_.find(node);
  return it == nodes_.end() ? 0 : it->second.count;
}

absl::Time ReturnedAttempts::RetryAt(const NodeKey& node) const {
  const auto it = nodes_.find(node);
  return it == nodes_.end() ? absl::InfinitePast() : it->second.retry_at;
}

void ReturnedAttempts::RemoveWorkflow(WorkflowNumber workflow) {
  std::erase_if(nodes_, [&](const auto& entry) { return entry.first.workflow == workflow; });
}

void ReturnedAttempts::AddAt(WorkerTable& workers, Worker& worker, absl::Time now) {
  ++worker.returned_in_row;
  if (worker.is_resting || worker.returned_in_row < settings_.worker_returns.max) return;
  COVERAGE_MARK("worker.rests");
  worker.is_resting = true;
  worker.is_on_probation = true;
  workers.Update(worker);
  rests_.emplace(now + DelayAfter(worker.returned_in_row - settings_.worker_returns.max + 1),
                 worker.instance());
}

void ReturnedAttempts::EndRow(WorkerTable& workers, Worker& worker) {
  worker.returned_in_row = 0;
  if (!std::exchange(worker.is_on_probation, false)) return;
  workers.Update(worker);
}

void ReturnedAttempts::EndRests(WorkerTable& workers, absl::Time now) {
  while (!rests_.empty() && rests_.begin()->first <= now) {
    if (Worker* worker = workers.Find(rests_.begin()->second)) {
      worker->is_resting = false;
      workers.Update(*worker);
    }
    rests_.erase(rests_.begin());
  }
}

}  // namespace orrery::engine
