// Takes out of a journal what nothing follows from any more, while it is written to.
//
// Entries are put together, one after the other from the first on, into entries of compacted
// records; each write replaces a run of entries by one, as a whole or not at all. Records keep
// their numbers. Between the first write and the last the header names the workflows that are being
// removed, so that a journal whose compaction was cut short is read as one that was done. The next
// compaction goes on with it.
//
// Threading: functions without state; they block on the disk. Others may read and append
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
  // Records after it are left alone. The last of a write that is durable.
  Lsn up_to = 0;
  // Workflows, forgotten or not, from which others still take over outcomes.
  std::set<engine::WorkflowNumber> in_use;
  // Changes nothing, and tells what a compaction would do if these were forgotten, too.
  bool is_dry_run = false;
  std::set<engine::WorkflowNumber> forgotten;
  // Asked between writes: what is done by then stays.
  std::function<bool()> is_cancelled;
  // Told between writes of the last record that has been dealt with.
  std::function<void(Lsn)> on_progress;
  // Each record that stays, and, after those, each that came after `up_to`.
  std::function<void(const engine::Record&)> on_kept;
};

struct CompactionReport {
  std::uint64_t records_removed = 0;
  std::uint64_t records_kept = 0;
  // Of the records as they are encoded.
  std::uint64_t bytes_removed = 0;
  std::uint64_t bytes_kept = 0;
};

struct CompactionTarget {
  rocksdb::DB& database;
  std::string path;
  // Each write is synced.
  bool is_synced = true;
  // Encoded records of one entry, bytes; a larger record has its own.
  std::size_t batch_bytes_max = 0;
};

// kCancelled; otherwise errors as of Journal::Scan, and of writes.
absl::StatusOr<CompactionReport> CompactJournal(const CompactionTarget& target,
                                                const CompactionRequest& request);

}  // namespace orrery::journal
