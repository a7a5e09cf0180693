// The disk under the journal: which records survive which death, and who hears of each.
//
// A record is queued, then written and synced with those that came meanwhile, then told to be
// durable. What is on its way when the process dies may survive, up to any boundary: what one turn
// appended survives as a whole or not at all.
//
// Threading: confined.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "controller/storage/memory_journal.h"
#include "tests/simulation/dice.h"

namespace orrery::simulation {

enum class Death { kKilled, kDiskFailed, kPowerCut };

class SimulatedDisk : public storage::Journal {
 public:
  using OnAppend = std::function<void(storage::Lsn first, std::span<const engine::Record>)>;

  SimulatedDisk(storage::Durability durability, OnAppend on_append)
      : durability_(durability), on_append_(std::move(on_append)) {}

  SimulatedDisk(const SimulatedDisk&) = delete;
  SimulatedDisk& operator=(const SimulatedDisk&) = delete;

  using Visit = std::function<absl::Status(storage::Lsn, const engine::Record&)>;
  absl::Status Replay(const Visit& visit) override { return journal_.Replay(visit); }
  absl::Status Scan(const Visit& visit) const override { return journal_.Scan(visit); }
  storage::Lsn Append(std::vector<engine::Record> records) override;

  storage::MemoryJournal& journal() { return journal_; }
  const storage::MemoryJournal& journal() const { return journal_; }

  // Whether such a death may take records that were acknowledged.
  bool MayLoseDurable(Death death) const;
  // How many records survive it.
  storage::Lsn DrawSurvivors(Death death, Dice& dice) const;
  // All but the last that were appended, unless they are durable, or those too.
  storage::Lsn SurvivorsAtEnd(bool keeps_last) const;
  // The controller is gone, and only these records are left.
  void Crash(storage::Lsn survivors);

 private:
  const storage::Durability durability_;
  const OnAppend on_append_;
  storage::MemoryJournal journal_;
  std::vector<storage::Lsn> boundaries_;  // The last record of each append.
};

}  // namespace orrery::simulation
