#include "controller/engine/scheduling/failure_history.h"

#include <string>
#include <utility>

#include "fmt/format.h"

namespace orrery::engine {

const FailureHistory* FailureHistories::Find(const NodeKey& node) const {
  const auto it = histories_.find(node);
  return it == histories_.end() ? nullptr : &it->second;
}

void FailureHistories::Add(const AttemptLost& record, absl::Time at) {
  FailureHistory& history = histories_[record.node];
  std::string message = model::DescribeLoss(record.end);
  if (record.is_shared) {
    ++history.shared_losses;
    message += "; other attempts ran in the process, any of them may have ended it";
  } else {
    ++(record.end.is_out_of_memory ? history.out_of_memory : history.workers_lost);
  }
  model::AddFailure({.attempt = record.origin.attempt,
                     .worker = record.origin.worker,
                     .host = record.origin.host,
                     .message = std::move(message),
                     .output = {.text = record.end.output, .is_shared = true},
                     .at = at,
                     .is_lost = true},
                    history.attempts);
}

void FailureHistories::Add(const AttemptFailed& record, absl::Time at) {
  FailureHistory& history = histories_[record.node];
  ++history.errors;
  history.retry_at = record.retry_at;
  model::AddFailure({.attempt = record.origin.attempt,
                     .worker = record.origin.worker,
                     .host = record.origin.host,
                     .message = record.error.message,
                     .output = record.error.output,
                     .at = at},
                    history.attempts);
}

std::vector<model::AttemptFailure> FailureHistories::Remove(const NodeKey& node) {
  starts_.erase(node);
  const auto it = histories_.find(node);
  if (it == histories_.end()) return {};
  std::vector<model::AttemptFailure> attempts = std::move(it->second.attempts);
  histories_.erase(it);
  return attempts;
}

const AttemptOrigin* FailureHistories::FindStart(const NodeKey& node) const {
  const auto it = starts_.find(node);
  return it == starts_.end() ? nullptr : &it->second;
}

void FailureHistories::Release(const AttemptReleased& record) {
  // A compaction may have left out the start.
  const auto it = starts_.find(record.node);
  if (it != starts_.end() && it->second.attempt == record.attempt) starts_.erase(it);
}

void FailureHistories::RemoveWorkflow(WorkflowNumber workflow) {
  const auto erase_its = [&](auto& by_node) {
    const auto first = by_node.lower_bound(FirstKeyOf(workflow));
    auto end = first;
    while (end != by_node.end() && end->first.workflow == workflow) ++end;
    by_node.erase(first, end);
  };
  erase_its(histories_);
  erase_its(starts_);
}

void FailureHistories::AppendState(std::string& out) const {
  for (const auto& [key, history] : histories_) {
    out += fmt::format("troubles {} {} {} {} {} {} {}\n", key.workflow.value(),
                       key.location.ToString(), history.workers_lost, history.shared_losses,
                       history.out_of_memory, history.errors, absl::ToUnixNanos(history.retry_at));
  }
  for (const auto& [key, origin] : starts_) {
    out += fmt::format("started {} {} {}.{}\n", key.workflow.value(), key.location.ToString(),
                       origin.attempt.epoch, origin.attempt.number);
  }
}

}  // namespace orrery::engine
