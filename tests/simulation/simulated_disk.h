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

  // Whether such a death may take records that were acknowledged.
  bool MayLoseDurable(Death death) const;
  // How many records survive it.
  journal::Lsn DrawSurvivors(Death death, Dice& dice) const;
  // All but the last that were appended, unless they are durable, or those too.
  journal::Lsn SurvivorsAtEnd(bool keeps_last) const;
  // The controller is gone, and only these records are left.
  void Crash(journal::Lsn survivors);

 private:
  const journal::Durability durability_;
  const OnAppend on_append_;
  journal::MemoryJournal journal_;
  std::vector<journal::Lsn> boundaries_;  // The last record of each append.
};

}  // namespace orrery::simulation
