#include "controller/journal/rocksdb_journal.h"

#include <filesystem>
#include <limits>
#include <memory>
#include <system_error>
#include <utility>

#include "base/check.h"
#include "base/file.h"
#include "base/log.h"
#include "base/status_macros.h"
#include "controller/journal/compaction/journal_compaction.h"
#include "controller/journal/journal_batch.h"
#include "controller/journal/journal_database.h"
#include "controller/journal/read_ahead.h"
#include "controller/journal/record_codec.h"
#include "fmt/format.h"
#include "rocksdb/db.h"
#include "rocksdb/env.h"
#include "rocksdb/options.h"
#include "rocksdb/utilities/checkpoint.h"
#include "rocksdb/write_batch.h"

namespace orrery::journal {
namespace {

// Rewriting the files costs as much as reading the kept records, so it is done when at least one
// part in this number was removed.
constexpr std::uint64_t kReclaimedPartMin = 4;
constexpr absl::Duration kRoomInterval = absl::Milliseconds(100);
// The free space that a rewrite needs in addition to the size of the journal.
constexpr std::uintmax_t kRoomMin = 64 * 1024 * 1024;

// Creates the folder of the database if it is missing, and opens the file of the end beside it.
// RocksDB syncs the files in the folder, but not the name of the folder.
absl::StatusOr<JournalEnd> PrepareFolder(const RocksDbJournalOptions& options, rocksdb::Env& env) {
  RETURN_IF_ERROR(MakeDirectories(options.path));
  const Sync sync = options.durability == Durability::kDisk ? Sync::kSync : Sync::kNone;
  ASSIGN_OR_RETURN(JournalEnd end, JournalEnd::Open(options.path, sync));
  if (HasDatabase(options.path, env)) return end;
  // A database created in place of a lost one would prevent a restore from a backup.
  RETURN_IF_ERROR(CheckJournalEnd(options.path, 0, end.value()));
  // At every durability level, as RocksDB does: the next start may be at kDisk.
  const std::string parent = std::filesystem::path(options.path).parent_path().string();
  RETURN_IF_ERROR(SyncDirectory(parent.empty() ? "." : parent));
  return end;
}

// Rejects a database that is not a journal of this format; turns an empty one into a journal. The
// header is synced with the first records, before anything is acknowledged.
absl::Status CheckOrWriteHeader(rocksdb::DB& db, const RocksDbJournalOptions& options, Lsn end) {
  if (absl::Status status = CheckHeader(db, options.path); !absl::IsNotFound(status)) return status;
  // A journal with acknowledged records was not empty.
  RETURN_IF_ERROR(CheckJournalEnd(options.path, 0, end));
  return FromRocksDb(db.Put({}, JournalKey(0), EncodeJournalHeader()), options.path);
}

// Collects encoded records until an entry is full.
class BatchBuilder {
 public:
  explicit BatchBuilder(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  void Add(Lsn lsn, std::string record) {
    if (!records_.empty() && bytes_ + record.size() > bytes_max_) Seal();
    if (records_.empty()) first_ = lsn;
    bytes_ += record.size();
    records_.push_back(std::move(record));
  }

  rocksdb::WriteBatch& Finish() {
    if (!records_.empty()) Seal();
    return batch_;
  }

 private:
  void Seal() {
    // Put on a batch in memory does not fail.
    CHECK(batch_.Put(JournalKey(first_), EncodeBatch(first_, records_)).ok());
    records_.clear();
    bytes_ = 0;
  }

  const std::size_t bytes_max_;
  rocksdb::WriteBatch batch_;
  Lsn first_ = 0;
  std::vector<std::string> records_;
  std::size_t bytes_ = 0;
};

}  // namespace

absl::StatusOr<std::unique_ptr<RocksDbJournal>> RocksDbJournal::Open(RocksDbJournalOptions options,
                                                                     JournalListener listener) {
  std::unique_ptr<rocksdb::Env> memory_env;
  rocksdb::Env* env = options.env != nullptr ? options.env : rocksdb::Env::Default();
  std::optional<JournalEnd> end;
  if (options.durability == Durability::kMemory) {
    memory_env.reset(rocksdb::NewMemEnv(rocksdb::Env::Default()));
    env = memory_env.get();
  } else {
    ASSIGN_OR_RETURN(end, PrepareFolder(options, *env));
  }
  ASSIGN_OR_RETURN(std::unique_ptr<rocksdb::DB> db,
                   OpenDatabase(options.path, env, DatabaseAccess::kWrite));
  RETURN_IF_ERROR(CheckOrWriteHeader(*db, options, end.has_value() ? end->value() : 0));
  return std::unique_ptr<RocksDbJournal>(new RocksDbJournal(
      std::move(options), std::move(listener),
      {.memory_env = std::move(memory_env), .db = std::move(db), .end = std::move(end)}));
}

RocksDbJournal::RocksDbJournal(RocksDbJournalOptions options, JournalListener listener,
                               Database database)
    : options_(std::move(options)),
      listener_(std::move(listener)),
      memory_env_(std::move(database.memory_env)),
      db_(std::move(database.db)),
      end_(std::move(database.end)),
      thread_([this] { Run(); }) {}

RocksDbJournal::~RocksDbJournal() {
  {
    MutexLock lock(mutex_);
    is_closing_ = true;
    changed_.NotifyOne();
  }
  thread_.join();
  // After a clean end, the stored end is exact, also after a later power cut.
  if (end_.has_value() && options_.durability == Durability::kDisk) {
    static_cast<void>(end_->SyncNow());
  }
}

absl::Status RocksDbJournal::Replay(
    const std::function<absl::Status(Lsn, const engine::Record&)>& visit) {
  CHECK(!is_replayed_);
  is_replayed_ = true;
  ASSIGN_OR_RETURN(last_lsn_, ReadEntriesAhead(*db_, options_.path, visit));
  return end_.has_value() ? CheckJournalEnd(options_.path, last_lsn_, end_->value())
                          : absl::OkStatus();
}

absl::Status RocksDbJournal::Scan(
    const std::function<absl::Status(Lsn, const engine::Record&)>& visit) const {
  return ReadEntries(
             *db_, options_.path,
             {.on_record = visit, .on_problem = [](Lsn, absl::Status problem) { return problem; }})
      .status();
}

absl::StatusOr<Lsn> RocksDbJournal::Checkpoint(const std::string& directory) const {
  if (options_.durability == Durability::kMemory) {
    return absl::FailedPreconditionError(
        "the journal is kept in memory (durability memory), so there is none to back up");
  }
  Lsn durable = 0;
  {
    MutexLock lock(mutex_);
    durable = durable_lsn_;
  }
  rocksdb::Checkpoint* made = nullptr;
  RETURN_IF_ERROR(FromRocksDb(rocksdb::Checkpoint::Create(db_.get(), &made), options_.path));
  const std::unique_ptr<rocksdb::Checkpoint> checkpoint(made);
  // Never flushes: a write error of the copy must not fail the journal.
  RETURN_IF_ERROR(FromRocksDb(
      checkpoint->CreateCheckpoint(directory, std::numeric_limits<std::uint64_t>::max()),
      options_.path));
  return durable;
}

absl::StatusOr<CompactionReport> RocksDbJournal::Compact(const CompactionRequest& request) {
  if (!request.is_dry_run) RETURN_IF_ERROR(CheckRoom());
  const CompactionTarget target{.database = *db_,
                                .path = options_.path,
                                .is_synced = options_.durability == Durability::kDisk,
                                .batch_bytes_max = options_.batch_bytes_max};
  ASSIGN_OR_RETURN(const CompactionReport report, CompactJournal(target, request));
  if (request.is_dry_run || report.records_removed == 0) return report;
  // Syncs the removal: the caller deletes what these records refer to, and they must not reappear.
  if (options_.durability != Durability::kMemory) {
    RETURN_IF_ERROR(FromRocksDb(db_->SyncWAL(), options_.path));
  }
  if (report.bytes_removed >= report.bytes_kept / kReclaimedPartMin) RETURN_IF_ERROR(Reclaim());
  return report;
}

absl::Status RocksDbJournal::CheckRoom() const {
  if (options_.durability == Durability::kMemory) return absl::OkStatus();
  std::error_code error;
  std::uintmax_t needed = kRoomMin;
  for (std::filesystem::directory_iterator file(options_.path, error), end; !error && file != end;
       file.increment(error)) {
    // A file that was deleted in the meantime takes no space.
    std::error_code gone;
    const std::uintmax_t size = file->file_size(gone);
    if (!gone) needed += size;
  }
  const std::filesystem::space_info space = std::filesystem::space(options_.path, error);
  if (error) return ErrnoStatus(error.value(), "inspect", options_.path);
  if (space.available >= needed) return absl::OkStatus();
  return absl::ResourceExhaustedError(
      fmt::format("rewriting the journal {} may take {} bytes for a while, and the disk has {} "
                  "left; make room first",
                  options_.path, needed, space.available));
}

absl::Status RocksDbJournal::Reclaim() {
  RETURN_IF_ERROR(FromRocksDb(db_->Flush({}), options_.path));
  rocksdb::CompactRangeOptions compaction;
  // Runs beside the database's own compactions, not instead of them.
  compaction.exclusive_manual_compaction = false;
  return FromRocksDb(db_->CompactRange(compaction, nullptr, nullptr), options_.path);
}

Lsn RocksDbJournal::Append(std::vector<engine::Record> records) {
  CHECK(is_replayed_);
  CHECK(!records.empty());
  const Lsn first = last_lsn_ + 1;
  last_lsn_ += records.size();
  MutexLock lock(mutex_);
  if (!has_failed_) {
    queue_.push_back({first, std::move(records)});
    if (is_idle_) changed_.NotifyOne();
  }
  return last_lsn_;
}

void RocksDbJournal::RequestFlush() {
  MutexLock lock(mutex_);
  is_flush_requested_ = true;
  if (!queue_.empty()) changed_.NotifyOne();
}

void RocksDbJournal::Run() {
  for (std::vector<Queued> queue = Take(); !queue.empty(); queue = Take()) {
    if (absl::Status status = Write(queue); !status.ok()) {
      if (absl::IsCancelled(status)) return;
      {
        MutexLock lock(mutex_);
        has_failed_ = true;
        queue_.clear();
      }
      if (listener_.on_failure) listener_.on_failure(std::move(status));
      return;
    }
    const Lsn last = queue.back().first + queue.back().records.size() - 1;
    {
      MutexLock lock(mutex_);
      durable_lsn_ = last;
    }
    if (listener_.on_durable) listener_.on_durable(last);
    WaitBatchDelay();
  }
}

void RocksDbJournal::WaitBatchDelay() {
  MutexLock lock(mutex_);
  while (!is_flush_requested_ && !is_closing_ && changed_.WaitFor(mutex_, options_.batch_delay)) {
  }
}

std::vector<RocksDbJournal::Queued> RocksDbJournal::Take() {
  MutexLock lock(mutex_);
  is_idle_ = true;
  while (queue_.empty() && !is_closing_) changed_.Wait(mutex_);
  is_idle_ = false;
  is_flush_requested_ = false;
  return std::exchange(queue_, {});
}

absl::Status RocksDbJournal::Write(const std::vector<Queued>& queue) {
  BatchBuilder builder(options_.batch_bytes_max);
  for (const Queued& queued : queue) {
    Lsn lsn = queued.first;
    for (const engine::Record& record : queued.records) {
      ASSIGN_OR_RETURN(std::string bytes, EncodeRecord(record));
      builder.Add(lsn++, std::move(bytes));
    }
  }
  rocksdb::WriteBatch& batch = builder.Finish();
  RETURN_IF_ERROR(AwaitRoom(batch.GetDataSize()));
  rocksdb::WriteOptions write_options;
  write_options.sync = options_.durability == Durability::kDisk;
  RETURN_IF_ERROR(FromRocksDb(db_->Write(write_options, &batch), options_.path));
  // After the records, before they are reported.
  return end_.has_value() ? end_->Write(queue.back().first + queue.back().records.size() - 1)
                          : absl::OkStatus();
}

absl::Status RocksDbJournal::AwaitRoom(std::size_t bytes) {
  if (options_.disk == nullptr || options_.durability == Durability::kMemory) {
    return absl::OkStatus();
  }
  bool is_told = false;
  while (true) {
    const absl::Status room =
        options_.disk->CheckRoom(options_.reserve, bytes, "the journal waits for room");
    if (room.ok()) return room;
    if (!std::exchange(is_told, true)) LOG(WARNING, "journal.paused").With("status", room);
    MutexLock lock(mutex_);
    if (is_closing_) return absl::CancelledError("the journal was closed");
    changed_.WaitFor(mutex_, kRoomInterval);
  }
}

}  // namespace orrery::journal
