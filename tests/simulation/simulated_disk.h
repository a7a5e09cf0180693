// The disk under the journal: decides which records survive a death of the controller.
//
// Records are queued, then written and synced together, then reported as durable. Records in
// transit when the process dies may survive, up to any boundary: the records of one Append survive
// all or not at all.
//
// Threading: confined.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "controller/journal/memory_journal.h"
#include "tests/simulation/dice.h"

namespace orrery::simulation {

enum class Death { kKilled, kDiskFailed, kPowerCut };

class SimulatedDisk : public journal::Journal {
 public:
  using OnAppend = std::function<void(journal::Lsn first, std::span<const engine::Record>)>;

  SimulatedDisk(journal::Durability durability, OnAppend on_append)
      : durability_(durability), on_append_(std::move(on_append)) {}

  SimulatedDisk(const SimulatedDisk&) = delete;
  SimulatedDisk& operator=(const SimulatedDisk&) = delete;

  using Visit = std::function<absl::Status(journal::Lsn, const engine::Record&)>;
  absl::Status Replay(const Visit& visit) override { return journal_.Replay(visit); }
  absl::Status Scan(const Visit& visit) const override { return journal_.Scan(visit); }
  journal::Lsn Append(std::vector<engine::Record> records) override;

  journal::MemoryJournal& journal() { return journal_; }
  const journal::MemoryJournal& journal() const { return journal_; }

  // Returns true if such a death may lose acknowledged records.
  bool MayLoseDurable(Death death) const;
  // Draws the last record that survives the death.
  journal::Lsn DrawSurvivors(Death death, Dice& dice) const;
  // Returns the last record that survives a death right after an Append: the records of that Append
  // survive if `keeps_last` is true or if they are durable.
  journal::Lsn SurvivorsAtEnd(bool keeps_last) const;
  // The controller has died, and only records up to `survivors` are left.
  void Crash(journal::Lsn survivors);

 private:
  const journal::Durability durability_;
  const OnAppend on_append_;
  journal::MemoryJournal journal_;
  std::vector<journal::Lsn> boundaries_;  // The last record of each append.
};

}  // namespace orrery::simulation
