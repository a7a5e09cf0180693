// The journal in a local RocksDB directory, with group commit.
//
// A thread of its own takes all that has accumulated, writes it as one atomic batch, syncs once and
// reports the last number: batch size follows load. After a batch it lingers, so that a chain of
// short tasks need not wake it for each record; whoever waits for a record does not wait for that.
// The format is in docs/storage-format.md, section 1.
//
// A failed write or sync ends it: nothing is retried, because after a failed sync nobody knows what
// is on the disk. What was acknowledged before is found again by the next one who opens the
// journal.
//
// Threading: confined to the loop thread, but for Scan, Checkpoint and Compact; the listener is
// called on the journal thread, the last time before the destructor returns.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/mutex.h"
#include "controller/journal/compaction/journal_compaction.h"
#include "controller/journal/journal.h"
#include "controller/journal/journal_end.h"

namespace rocksdb {
class DB;
class Env;
}  // namespace rocksdb

namespace orrery::journal {

struct RocksDbJournalOptions {
  // The database's folder; it and the folders above are made. The end is kept beside it.
  std::string path;
  Durability durability = Durability::kDisk;
  // The disk; null: the system's. Outlives the journal. Not used with kMemory.
  rocksdb::Env* env = nullptr;
  // Encoded records under one key, bytes; a larger record has its own.
  std::size_t batch_bytes_max = 1024 * 1024;
  // How long after a batch what nobody waits for may lie unwritten.
  absl::Duration linger = absl::Microseconds(500);
};

class RocksDbJournal : public Journal {
 public:
  // kFailedPrecondition: another process has the journal open, or it is of another format version.
  // kDataLoss: it is damaged. kResourceExhausted: no space.
  static absl::StatusOr<std::unique_ptr<RocksDbJournal>> Open(RocksDbJournalOptions options,
                                                              JournalListener listener);

  RocksDbJournal(const RocksDbJournal&) = delete;
  RocksDbJournal& operator=(const RocksDbJournal&) = delete;
  // Writes what is queued, then closes.
  ~RocksDbJournal() override;

  absl::Status Replay(
      const std::function<absl::Status(Lsn, const engine::Record&)>& visit) override;
  absl::Status Scan(
      const std::function<absl::Status(Lsn, const engine::Record&)>& visit) const override;
  Lsn Append(std::vector<engine::Record> records) override;
  void Hurry() override;

  // Writes a database with the records that have been written by now into a folder that does not
  // exist yet, while the journal goes on; returns one that is surely in it, and all before. Tables
  // are shared by hard links where links reach, the log is copied. Blocks on the disk; thread-safe.
  // kFailedPrecondition: it is kept in memory.
  absl::StatusOr<Lsn> Checkpoint(const std::string& directory) const EXCLUDES(mutex_);

  // Takes out what nothing follows from any more, and gives its room back to the disk; what it
  // reports as removed is so for good. Blocks on the disk; thread-safe, one at a time. Errors as of
  // CompactJournal. kResourceExhausted: there is too little room to rewrite the journal in.
  absl::StatusOr<CompactionReport> Compact(const CompactionRequest& request);

 private:
  // A gap-free piece of the journal on its way to the disk.
  struct Queued {
    Lsn first = 0;
    std::vector<engine::Record> records;
  };

  // An open one, and what it stands on.
  struct Database {
    std::unique_ptr<rocksdb::Env> memory_env;
    std::unique_ptr<rocksdb::DB> db;
    std::optional<JournalEnd> end;
  };

  RocksDbJournal(RocksDbJournalOptions options, JournalListener listener, Database database);

  void Run() EXCLUDES(mutex_);
  // Waits for more work, if nobody waits for what there is.
  void Linger() EXCLUDES(mutex_);
  // Waits for work; empty: closing, and nothing is left.
  std::vector<Queued> Take() EXCLUDES(mutex_);
  absl::Status Write(const std::vector<Queued>& queue);
  absl::Status CheckRoom() const;
  // Rewrites the database's files without what has been deleted in them.
  absl::Status Reclaim();

  // Constant after construction.
  const RocksDbJournalOptions options_;
  const JournalListener listener_;
  const std::unique_ptr<rocksdb::Env> memory_env_;  // Outlives db_.
  const std::unique_ptr<rocksdb::DB> db_;

  // Confined to the loop thread.
  bool is_replayed_ = false;
  Lsn last_lsn_ = 0;

  // Confined to the journal thread once that runs. Absent with kMemory.
  std::optional<JournalEnd> end_;

  mutable Mutex mutex_;
  CondVar changed_;
  std::vector<Queued> queue_ GUARDED_BY(mutex_);
  bool is_idle_ GUARDED_BY(mutex_) = false;     // The thread waits for the next record.
  bool is_hurried_ GUARDED_BY(mutex_) = false;  // Since the thread has last taken the queue.
  bool is_closing_ GUARDED_BY(mutex_) = false;
  bool has_failed_ GUARDED_BY(mutex_) = false;
  Lsn durable_lsn_ GUARDED_BY(mutex_) = 0;  // Of those appended here; 0: none yet.

  std::thread thread_;  // Last: it uses everything above.
};

}  // namespace orrery::journal
