// A journal in memory whose disk is as slow, and fails when, its owner says: the simulation's.
//
// Every record goes through the codec once, as with the real journal. It keeps what is durable over
// Crash, which is what a restarted controller then replays.
//
// Threading: confined. The listener is called inside the calls that say so.
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

  // For the next owner; takes effect at once.
  void SetListener(JournalListener listener) { listener_ = std::move(listener); }

  // The durable records. Again after each Crash.
  absl::Status Replay(
      const std::function<absl::Status(Lsn, const engine::Record&)>& visit) override;
  absl::Status Scan(
      const std::function<absl::Status(Lsn, const engine::Record&)>& visit) const override;
  Lsn Append(std::vector<engine::Record> records) override;

  // Takes out what a compaction does (compaction/journal_compaction.h). What survives a crash is
  // what it has left, if all records up to `up_to` survive it.
  void Compact(Lsn up_to, const std::set<engine::WorkflowNumber>& in_use);

  // Makes the records up to `lsn` durable and says so to the listener, if that is news. Numbers
  // beyond the last record mean the last record. Nothing happens after Fail.
  void DurableUpTo(Lsn lsn);
  void Sync() { DurableUpTo(last_lsn()); }

  // Drops what is not durable; the journal is then as if newly opened, and works again after Fail.
  void Crash() { CrashKeeping(durable_lsn_); }
  // The same where another number of records survives: more than was told to be durable, if they
  // had reached the disk, or fewer, if it had promised too much.
  void CrashKeeping(Lsn lsn);

  // The disk breaks: tells the listener, and nothing becomes durable until Crash.
  void Fail(absl::Status status);

  Lsn last_lsn() const { return records_.size(); }
  Lsn durable_lsn() const { return durable_lsn_; }

 private:
  struct Entry {
    engine::Record record;
    // The last record that the compaction which took it out had to do with; 0: it is there.
    Lsn compacted_up_to = 0;
  };

  JournalListener listener_;
  std::vector<Entry> records_;  // The durable ones first.
  Lsn durable_lsn_ = 0;
  bool is_replayed_ = false;
  bool has_failed_ = false;
};

}  // namespace orrery::journal
