// A journal in memory, for the simulation: its owner decides how slow its disk is, and when it
// fails.
//
// Encodes and decodes every record, as the real journal does. Keeps durable records over Crash; a
// restarted controller replays them.
//
// Threading: confined. Some calls run the listener before they return, as noted.
#pragma once

#include <functional>
#include <set>
#include <vector>

#include "absl/status/status.h"
#include "controller/journal/journal.h"

namespace orrery::journal {

class MemoryJournal : public Journal {
 public:
  explicit MemoryJournal(JournalListener listener = {}) : listener_(std::move(listener)) {}

  MemoryJournal(const MemoryJournal&) = delete;
  MemoryJournal& operator=(const MemoryJournal&) = delete;

  // Sets the listener for the next controller, with immediate effect.
  void SetListener(JournalListener listener) { listener_ = std::move(listener); }

  // Visits the durable records. Call again after each Crash.
  absl::Status Replay(
      const std::function<absl::Status(Lsn, const engine::Record&)>& visit) override;
  absl::Status Scan(
      const std::function<absl::Status(Lsn, const engine::Record&)>& visit) const override;
  Lsn Append(std::vector<engine::Record> records) override;

  // Removes the records that a compaction removes (compaction/journal_compaction.h). After a crash,
  // the removal is kept if all records up to `up_to` survive.
  void Compact(Lsn up_to, const std::set<engine::WorkflowNumber>& in_use);

  // Makes the records up to `lsn` durable, and calls the listener if there are new ones. An LSN
  // beyond the last record means the last record. Does nothing after Fail.
  void DurableUpTo(Lsn lsn);
  void Sync() { DurableUpTo(last_lsn()); }

  // Discards the records that are not durable. The journal is then as newly opened, and works again
  // after Fail.
  void Crash() { CrashKeeping(durable_lsn_); }
  // Same as Crash, with another number of surviving records: more than the durable ones, if they
  // had reached the disk, or fewer, if the journal had reported too many.
  void CrashKeeping(Lsn lsn);

  // Fails the disk: calls the listener; no further record becomes durable until Crash.
  void Fail(absl::Status status);

  Lsn last_lsn() const { return records_.size(); }
  Lsn durable_lsn() const { return durable_lsn_; }

 private:
  struct Entry {
    engine::Record record;
    // The last record covered by the compaction that removed this record; 0 if it is not removed.
    Lsn compacted_up_to = 0;
  };

  JournalListener listener_;
  std::vector<Entry> records_;  // The durable ones first.
  Lsn durable_lsn_ = 0;
  bool is_replayed_ = false;
  bool has_failed_ = false;
};

}  // namespace orrery::journal
