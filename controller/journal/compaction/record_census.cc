#include "controller/journal/compaction/record_census.h"

#include <algorithm>
#include <utility>

#include "controller/journal/compaction/record_workflow.h"
#include "model/attempt_failure.h"

namespace orrery::journal {

RecordCensus::RecordCensus(std::set<engine::WorkflowNumber> in_use,
                           std::set<engine::WorkflowNumber> deleted)
    : in_use_(std::move(in_use)), deleted_(std::move(deleted)) {}

void RecordCensus::Add(Lsn lsn, const engine::Record& record) {
  last_ = lsn;
  if (const auto workflow = WorkflowOf(record)) {
    highest_ = std::max(highest_, *workflow);
    if (!std::holds_alternative<engine::WorkflowDeleted>(record.body)) {
      present_.insert(*workflow);
    }
  }
  std::visit([&](const auto& body) { AddBody(lsn, body); }, record.body);
}

void RecordCensus::AddBody(Lsn lsn, const engine::ControllerStarted&) {
  if (started_.has_value()) obsolete_.insert(*started_);
  started_ = lsn;
}

void RecordCensus::AddBody(Lsn lsn, const engine::WorkerJoined& body) {
  const auto [it, is_new] = joined_.emplace(body.instance, lsn);
  if (is_new) return;
  obsolete_.insert(it->second);
  it->second = lsn;
}

void RecordCensus::AddBody(Lsn lsn, const engine::WorkerLeft& body) {
  const auto it = joined_.find(body.instance);
  obsolete_.insert(lsn);
  if (it == joined_.end()) return;
  obsolete_.insert(it->second);
  joined_.erase(it);
}

void RecordCensus::AddBody(Lsn, const engine::WorkflowDeleted& body) {
  deleted_.insert(body.number);
}

void RecordCensus::AddBody(Lsn lsn, const engine::NodeSleeping& body) {
  open_[body.node].sleeps.push_back(lsn);
}

void RecordCensus::AddBody(Lsn lsn, const engine::AttemptStarted& body) {
  open_[body.node].starts.push_back(lsn);
}

void RecordCensus::AddBody(Lsn lsn, const engine::AttemptReleased& body) {
  open_[body.node].starts.push_back(lsn);
}

void RecordCensus::AddBody(Lsn lsn, const engine::AttemptFailed& body) {
  open_[body.node].attempts.push_back(lsn);
}

void RecordCensus::AddBody(Lsn lsn, const engine::AttemptLost& body) {
  open_[body.node].attempts.push_back(lsn);
}

void RecordCensus::AddBody(Lsn, const engine::NodeFinished& body) { EndNode(body.node); }

void RecordCensus::AddBody(Lsn, const engine::NodeFailed& body) { EndNode(body.node); }

void RecordCensus::EndNode(const engine::NodeKey& node) {
  const auto it = open_.find(node);
  if (it == open_.end()) return;
  const auto& [sleeps, starts, attempts] = it->second;
  obsolete_.insert(sleeps.begin(), sleeps.end());
  // The last start is kept: it shows that the task takes effect at most once.
  if (!starts.empty()) obsolete_.insert(starts.begin(), starts.end() - 1);
  const std::size_t shown = std::min<std::size_t>(attempts.size(), model::kAttemptFailures.max);
  obsolete_.insert(attempts.begin(), attempts.end() - static_cast<std::ptrdiff_t>(shown));
  open_.erase(it);
}

bool RecordCensus::IsGone(engine::WorkflowNumber workflow) const {
  return deleted_.contains(workflow) && !in_use_.contains(workflow);
}

bool RecordCensus::IsNeeded(Lsn lsn, const engine::Record& record) const {
  // The last record is kept: it shows where the journal ends.
  if (lsn == last_) return true;
  if (const auto workflow = WorkflowOf(record); workflow.has_value() && IsGone(*workflow)) {
    return *workflow == highest_ && std::holds_alternative<engine::WorkflowDeleted>(record.body);
  }
  return !obsolete_.contains(lsn);
}

std::vector<engine::WorkflowNumber> RecordCensus::Removable() const {
  std::vector<engine::WorkflowNumber> removable;
  std::ranges::copy_if(present_, std::back_inserter(removable),
                       [this](engine::WorkflowNumber workflow) { return IsGone(workflow); });
  return removable;
}

}  // namespace orrery::journal
