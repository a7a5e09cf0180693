// Follows the journal, record by record as each becomes durable. So it knows the state that a
// restarted controller must have, what clients and workers may have been told, and what must not
// happen twice.
//
// Threading: confined.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "controller/engine/engine.h"
#include "controller/journal/journal.h"
#include "model/attempt_id.h"
#include "model/workflow.h"

namespace orrery::simulation {

class Witness {
 public:
  explicit Witness(engine::ValueReader read) : read_(std::move(read)) { Reset(); }

  Witness(const Witness&) = delete;
  Witness& operator=(const Witness&) = delete;

  // Reads the journal up to its durable end. Returns an error if the journal is inconsistent.
  absl::Status Follow(const journal::Journal& journal);
  // From now on the controller holds these workflows. Reads the journal anew if they are others
  // than before.
  absl::Status Hold(const std::map<Uuid, engine::WorkflowNumber>& held,
                    const journal::Journal& journal);
  // Called when only records up to `survivors` are left. Starts again if it has read more.
  void Lose(journal::Lsn survivors);

  // Called for every record when it is appended, durable or not.
  void OnAppended(journal::Lsn first, std::span<const engine::Record> records);
  // Returns the workflow's number and the location of an attempt whose start was durable at some
  // time; null if it never was.
  const std::pair<std::uint64_t, std::string>* StartedNode(model::AttemptId attempt) const;
  // Returns true if the outcome of the attempt was accepted by a record that is not durable yet.
  bool IsAcceptedButNotDurable(model::AttemptId attempt) const;
  // The worker may discard the outcome: from now on it must not be lost.
  void OnAcknowledged(model::AttemptId attempt) { acknowledged_.insert(attempt); }
  // Returns an acknowledged outcome that was accepted by a record after `survivors`; nullopt if
  // none was.
  std::optional<model::AttemptId> FindLost(journal::Lsn survivors) const;

  bool Knows(const Uuid& workflow) const { return numbers_.contains(workflow); }
  // Returns the number of the workflow's last run; 0 if it has not run.
  std::uint64_t NumberOf(const Uuid& workflow) const;
  // Returns the status of the workflow's last run; nullopt if it has not settled.
  std::optional<model::WorkflowStatus> StatusOf(const Uuid& workflow) const;
  Digest StateDigest() const { return engine_->StateDigest(); }

 private:
  void Reset();
  absl::Status Read(const engine::Record& record);

  const engine::ValueReader read_;
  std::map<Uuid, engine::WorkflowNumber> held_;
  std::unique_ptr<engine::Engine> engine_;
  journal::Lsn followed_ = 0;
  // Records that survived the last death, and that are read again.
  journal::Lsn survivors_ = 0;
  std::set<std::pair<std::uint64_t, std::string>> accepted_;
  std::map<Uuid, std::uint64_t> numbers_;
  // Workflows that do not use the cache.
  std::set<std::uint64_t> uncached_;
  std::map<Uuid, model::WorkflowStatus> settled_;

  // From appended records, durable or not.
  std::map<model::AttemptId, std::pair<std::uint64_t, std::string>> started_;
  std::map<model::AttemptId, journal::Lsn> accepted_at_;
  std::set<model::AttemptId> acknowledged_;
};

}  // namespace orrery::simulation
