// Removes the obsolete records of a journal while it is in use.
//
// Merges the entries, from the first on, into entries of compacted records. Each write replaces a
// run of entries by one entry, atomically. Records keep their LSNs. Between the first write and the
// last, the header names the workflows that are being removed: a journal whose compaction was
// interrupted reads like one whose compaction was completed. The next compaction continues it.
//
// Threading: functions without state; they block on the disk. Other threads may read and append
// meanwhile, but not compact.
#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <string>

#include "absl/status/statusor.h"
#include "controller/engine/record.h"
#include "controller/journal/journal.h"

namespace rocksdb {
class DB;
}  // namespace rocksdb

namespace orrery::journal {

struct CompactionRequest {
  // Records after this one are not changed. Must be the last record of a durable write.
  Lsn up_to = 0;
  // Workflows, deleted or not, whose outcomes other workflows still reuse.
  std::set<engine::WorkflowNumber> in_use;
  // Changes nothing; reports the effect of a compaction if these workflows were deleted, too.
  bool is_dry_run = false;
  std::set<engine::WorkflowNumber> deleted;
  // Called between writes. Completed writes are kept.
  std::function<bool()> is_cancelled;
  // Called between writes with the last processed record.
  std::function<void(Lsn)> on_progress;
  // Called with each record that is kept, and then with each record after `up_to`.
  std::function<void(const engine::Record&)> on_kept;
};

struct CompactionReport {
  std::uint64_t records_removed = 0;
  std::uint64_t records_kept = 0;
  // The size of the encoded records.
  std::uint64_t bytes_removed = 0;
  std::uint64_t bytes_kept = 0;
};

struct CompactionTarget {
  rocksdb::DB& database;
  std::string path;
  // Syncs each write.
  bool is_synced = true;
  // The size of the encoded records of one entry, in bytes; a larger record has an entry of its
  // own.
  std::size_t batch_bytes_max = 0;
};

// Errors: kCancelled; those of Journal::Scan; errors of writes.
absl::StatusOr<CompactionReport> CompactJournal(const CompactionTarget& target,
                                                const CompactionRequest& request);

}  // namespace orrery::journal
