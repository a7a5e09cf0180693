// Who reads the journal along, record by record as it becomes durable, and so knows what a
// restarted controller has to know, what anybody may have been told, and what nobody may be told
// twice.
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
  explicit Witness(engine::ValueReader read) : read_(std::move(read)) { Forget(); }

  Witness(const Witness&) = delete;
  Witness& operator=(const Witness&) = delete;

  // Reads on, up to what is durable. An error says what is wrong with the journal.
  absl::Status Follow(const journal::Journal& journal);
  // Only these records are left: begins anew if it has read more.
  void Lose(journal::Lsn survivors);

  // Told of every record when it is appended, durable or not.
  void OnAppended(journal::Lsn first, std::span<const engine::Record> records);
  // The workflow's number and the location of an attempt whose start was durable once; null if it
  // never was.
  const std::pair<std::uint64_t, std::string>* StartedNode(model::AttemptId attempt) const;
  // Whether the outcome of the attempt was accepted by a record that is not durable yet.
  bool IsAcceptedInVain(model::AttemptId attempt) const;
  // The worker may forget it: from now on it must not be lost.
  void OnAcknowledged(model::AttemptId attempt) { acknowledged_.insert(attempt); }
  // An outcome that was acknowledged, and accepted by a record after `survivors`.
  std::optional<model::AttemptId> FindLost(journal::Lsn survivors) const;

  bool Knows(const Uuid& workflow) const { return numbers_.contains(workflow); }
  // Of the workflow's last run; 0: there is none.
  std::uint64_t NumberOf(const Uuid& workflow) const;
  // How its last run ended, if it has.
  std::optional<model::WorkflowStatus> StatusOf(const Uuid& workflow) const;
  Digest StateDigest() const { return engine_->StateDigest(); }

 private:
  void Forget();
  absl::Status Read(const engine::Record& record);

  const engine::ValueReader read_;
  std::unique_ptr<engine::Engine> engine_;
  journal::Lsn followed_ = 0;
  // Records that the last death left, and that will be read again.
  journal::Lsn survivors_ = 0;
  std::set<std::pair<std::uint64_t, std::string>> accepted_;
  std::map<Uuid, std::uint64_t> numbers_;
  // Workflows that take nothing from the cache.
  std::set<std::uint64_t> uncached_;
  std::map<Uuid, model::WorkflowStatus> settled_;

  // Of appended records, durable or not.
  std::map<model::AttemptId, std::pair<std::uint64_t, std::string>> started_;
  std::map<model::AttemptId, journal::Lsn> accepted_at_;
  std::set<model::AttemptId> acknowledged_;
};

}  // namespace orrery::simulation
