// A journal in a local RocksDB database, with group commit.
//
// The journal thread takes all queued records, writes them as one atomic batch, syncs once and
// reports the last LSN, so that the batch size follows the load. After a batch it waits for the
// batch delay, so that a chain of short tasks need not wake it for each record; RequestFlush ends
// the delay. The format is in docs/storage-format.md, section 1.
//
// A failed write or sync of the log ends the journal. Nothing is retried, because after a failed
// sync the content of the disk is unknown. Acknowledged records are found again when the journal is
// next opened. Before a full disk can fail a write, records wait: a reserve is left on the disk,
// for the tables of RocksDB.
//
// Threading: confined to the loop thread, except Scan, Checkpoint and Compact. The listener is
// called on the journal thread, and not after the destructor has returned.
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
#include "base/disk_space.h"
#include "base/limit.h"
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
  // The folder of the database; created with its parents. The file of the end is beside it.
  std::string path;
  Durability durability = Durability::kDisk;
  // The file system; null: the system's. Outlives the journal. Not used with kMemory.
  rocksdb::Env* env = nullptr;
  // The size of the encoded records under one key, in bytes; a larger record has a key of its own.
  std::size_t batch_bytes_max = 1024 * 1024;
  // The disk of `path`; outlives the journal. Null: not measured.
  DiskSpace* disk = nullptr;
  Limit reserve{
      .name = "journal_reserve_bytes",
      .max = 48 << 20,
      .unit = LimitUnit::kBytes,
      .of = "free space of the root's disk that the journal leaves for the tables of RocksDB",
      .beyond =
          "records are not written and nothing is acknowledged until there is "
          "room; a smaller part of a disk of less than 1 GiB"};
  // The delay after a batch before records are written that no sender waits for.
  absl::Duration batch_delay = absl::Microseconds(500);
};

class RocksDbJournal : public Journal {
 public:
  // Errors: kFailedPrecondition if another process has the journal open, or for another format
  // version; kDataLoss if it is damaged; kResourceExhausted if the disk is full.
  static absl::StatusOr<std::unique_ptr<RocksDbJournal>> Open(RocksDbJournalOptions options,
                                                              JournalListener listener);

  RocksDbJournal(const RocksDbJournal&) = delete;
  RocksDbJournal& operator=(const RocksDbJournal&) = delete;
  // Writes the queued records if there is room for them, then closes the journal.
  ~RocksDbJournal() override;

  absl::Status Replay(
      const std::function<absl::Status(Lsn, const engine::Record&)>& visit) override;
  absl::Status Scan(
      const std::function<absl::Status(Lsn, const engine::Record&)>& visit) const override;
  Lsn Append(std::vector<engine::Record> records) override;
  void RequestFlush() override;

  // Writes a copy of the database into a new folder while the journal is in use. Returns an LSN:
  // the copy contains all records up to it. Shares tables by hard links where possible; copies the
  // log. Blocks on the disk; thread-safe.
  //
  // Errors: kFailedPrecondition if the journal is kept in memory.
  absl::StatusOr<Lsn> Checkpoint(const std::string& directory) const EXCLUDES(mutex_);

  // Removes obsolete records and frees their disk space. The reported removals are final. Blocks on
  // the disk; thread-safe, but one call at a time.
  //
  // Errors: those of CompactJournal; kResourceExhausted if there is too little space to rewrite the
  // journal.
  absl::StatusOr<CompactionReport> Compact(const CompactionRequest& request);

 private:
  // A gap-free sequence of records on its way to the disk.
  struct Queued {
    Lsn first = 0;
    std::vector<engine::Record> records;
  };

  // An open database and its environment.
  struct Database {
    std::unique_ptr<rocksdb::Env> memory_env;
    std::unique_ptr<rocksdb::DB> db;
    std::optional<JournalEnd> end;
  };

  RocksDbJournal(RocksDbJournalOptions options, JournalListener listener, Database database);

  void Run() EXCLUDES(mutex_);
  // Waits for more records during the batch delay, unless a flush is requested.
  void WaitBatchDelay() EXCLUDES(mutex_);
  // Waits for records. Returns an empty list if the journal is closing and the queue is empty.
  std::vector<Queued> Take() EXCLUDES(mutex_);
  // Errors: kCancelled if the journal closes while it waits for room.
  absl::Status Write(const std::vector<Queued>& queue);
  // Waits until the disk has room for `bytes`. Errors: those of Write.
  absl::Status AwaitRoom(std::size_t bytes) EXCLUDES(mutex_);
  absl::Status CheckRoom() const;
  // Rewrites the files of the database without the deleted entries.
  absl::Status Reclaim();

  // Constant after construction.
  const RocksDbJournalOptions options_;
  const JournalListener listener_;
  const std::unique_ptr<rocksdb::Env> memory_env_;  // Outlives db_.
  const std::unique_ptr<rocksdb::DB> db_;

  // Confined to the loop thread.
  bool is_replayed_ = false;
  Lsn last_lsn_ = 0;

  // Confined to the journal thread after its start. Nullopt with kMemory.
  std::optional<JournalEnd> end_;

  mutable Mutex mutex_;
  CondVar changed_;
  std::vector<Queued> queue_ GUARDED_BY(mutex_);
  bool is_idle_ GUARDED_BY(mutex_) = false;  // The thread waits for the next record.
  bool is_flush_requested_ GUARDED_BY(mutex_) =
      false;  // Since the journal thread last took the queue.
  bool is_closing_ GUARDED_BY(mutex_) = false;
  bool has_failed_ GUARDED_BY(mutex_) = false;
  Lsn durable_lsn_ GUARDED_BY(mutex_) = 0;  // Of the records appended here; 0: none yet.

  std::thread thread_;  // Last: it uses everything above.
};

}  // namespace orrery::journal
