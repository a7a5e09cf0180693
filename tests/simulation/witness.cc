#include "tests/simulation/witness.h"

#include <algorithm>

#include "base/status_macros.h"
#include "fmt/format.h"
#include "model/attempt_id.h"
#include "model/submission.h"
#include "model/workflow.h"

namespace orrery::simulation {
namespace {

// Returns the origin of an outcome. Returns null if the record has no outcome.
const engine::AttemptOrigin* OriginOf(const engine::Record& record) {
  if (const auto* body = std::get_if<engine::NodeFinished>(&record.body)) return &body->origin;
  if (const auto* body = std::get_if<engine::NodeFailed>(&record.body)) return &body->origin;
  if (const auto* body = std::get_if<engine::AttemptFailed>(&record.body)) return &body->origin;
  return nullptr;
}

const engine::NodeKey* NodeOf(const engine::Record& record) {
  if (const auto* body = std::get_if<engine::NodeFinished>(&record.body)) return &body->node;
  if (const auto* body = std::get_if<engine::NodeFailed>(&record.body)) return &body->node;
  return nullptr;
}

}  // namespace

absl::Status Witness::Follow(const journal::Journal& journal) {
  return journal.Scan([this](journal::Lsn lsn, const engine::Record& record) {
    if (lsn <= followed_) return absl::OkStatus();
    followed_ = lsn;
    return Read(record);
  });
}

absl::Status Witness::Hold(const std::map<Uuid, engine::WorkflowNumber>& held,
                           const journal::Journal& journal) {
  if (held == held_) return absl::OkStatus();
  held_ = held;
  Reset();
  return Follow(journal);
}

absl::Status Witness::Read(const engine::Record& record) {
  if (const engine::NodeKey* node = NodeOf(record)) {
    const std::string location = node->location.ToString();
    if (!accepted_.emplace(node->workflow.value(), location).second) {
      return absl::InternalError(fmt::format("two outcomes of node {} were accepted", location));
    }
  }
  if (const auto* started = std::get_if<engine::AttemptStarted>(&record.body)) {
    started_[started->origin.attempt] = {started->node.workflow.value(),
                                         started->node.location.ToString()};
  }
  const auto* finished = std::get_if<engine::NodeFinished>(&record.body);
  if (finished != nullptr && finished->cache.has_value() && finished->cache->source.has_value() &&
      uncached_.contains(finished->node.workflow.value())) {
    return absl::InternalError(
        fmt::format("node {} has an outcome from the cache, which its workflow does not use",
                    finished->node.location.ToString()));
  }
  if (const auto* body = std::get_if<engine::WorkflowSubmitted>(&record.body)) {
    if (body->submission.cache_mode != model::CacheMode::kUse)
      uncached_.insert(body->number.value());
    numbers_[body->id] = body->number.value();
    settled_.erase(body->id);
  }
  ASSIGN_OR_RETURN(const engine::Output output, engine_->Replay(record, read_));
  for (const engine::Effect& effect : output.free) {
    const auto* settled = std::get_if<engine::WorkflowSettled>(&effect);
    if (settled != nullptr) settled_[settled->id] = settled->status;
  }
  return absl::OkStatus();
}

void Witness::Lose(journal::Lsn survivors) {
  std::erase_if(accepted_at_, [&](const auto& entry) { return entry.second > survivors; });
  if (followed_ > survivors) Reset();
  survivors_ = survivors;
}

void Witness::Reset() {
  engine_ = std::make_unique<engine::Engine>(engine::Settings{}, engine::Poison{.held = held_});
  followed_ = 0;
  accepted_.clear();
  numbers_.clear();
  uncached_.clear();
  settled_.clear();
  // Accepted outcomes are lost with their records.
  std::erase_if(acknowledged_,
                [&](const auto& attempt) { return !accepted_at_.contains(attempt); });
}

void Witness::OnAppended(journal::Lsn first, std::span<const engine::Record> records) {
  for (std::size_t i = 0; i < records.size(); ++i) {
    const engine::AttemptOrigin* origin = OriginOf(records[i]);
    // emplace: outcomes that another run reuses were accepted earlier.
    if (origin != nullptr) accepted_at_.emplace(origin->attempt, first + i);
  }
}

const std::pair<std::uint64_t, std::string>* Witness::StartedNode(model::AttemptId attempt) const {
  const auto it = started_.find(attempt);
  return it == started_.end() ? nullptr : &it->second;
}

bool Witness::IsAcceptedButNotDurable(model::AttemptId attempt) const {
  const auto it = accepted_at_.find(attempt);
  return it != accepted_at_.end() && it->second > std::max(followed_, survivors_);
}

std::optional<model::AttemptId> Witness::FindLost(journal::Lsn survivors) const {
  for (const model::AttemptId attempt : acknowledged_) {
    const auto it = accepted_at_.find(attempt);
    if (it != accepted_at_.end() && it->second > survivors) return attempt;
  }
  return std::nullopt;
}

std::uint64_t Witness::NumberOf(const Uuid& workflow) const {
  const auto it = numbers_.find(workflow);
  return it == numbers_.end() ? 0 : it->second;
}

std::optional<model::WorkflowStatus> Witness::StatusOf(const Uuid& workflow) const {
  const auto it = settled_.find(workflow);
  if (it == settled_.end()) return std::nullopt;
  return it->second;
}

}  // namespace orrery::simulation
