#include "controller/storage/rocksdb_journal.h"

#include <cstdarg>
#include <cstdio>
#include <memory>
#include <string_view>
#include <utility>

#include "base/check.h"
#include "base/file.h"
#include "base/log.h"
#include "base/status_macros.h"
#include "controller/storage/journal_batch.h"
#include "controller/storage/record_codec.h"
#include "fmt/format.h"
#include "rocksdb/db.h"
#include "rocksdb/env.h"
#include "rocksdb/options.h"
#include "rocksdb/write_batch.h"

namespace orrery::storage {
namespace {

constexpr std::size_t kMemtableBytes = 32 * 1024 * 1024;
constexpr std::size_t kDiaryLineBytesMax = 1024;

absl::Status ToStatus(const rocksdb::Status& status, const std::string& path) {
  if (status.ok()) return absl::OkStatus();
  const std::string text = status.ToString();
  std::string message = fmt::format("journal {}: {}", path, text);
  if (status.IsCorruption()) return absl::DataLossError(message);
  if (status.IsNoSpace()) return absl::ResourceExhaustedError(message);
  return absl::UnavailableError(message);
}

// RocksDB has no code of its own for "somebody else holds the lock".
bool IsLockHeld(const rocksdb::Status& status) {
  const std::string text = status.ToString();
  return status.IsIOError() && (text.find("While lock file") != std::string::npos ||
                                text.find("lock hold by current process") != std::string::npos);
}

// RocksDB's own words go to our log. Its log file would lie on the disk of the journal, and to
// write to it once more after that is full aborts the process.
class LogForwarder : public rocksdb::Logger {
 public:
  LogForwarder() : rocksdb::Logger(rocksdb::InfoLogLevel::WARN_LEVEL) {}

  void LogHeader(const char*, va_list) override {}
  using rocksdb::Logger::Logv;
  void Logv(const char* format, va_list arguments) override {
    char text[kDiaryLineBytesMax];
    std::vsnprintf(text, sizeof(text), format, arguments);
    LOG(WARNING, "rocksdb").With("message", std::string_view(text));
  }
};

rocksdb::Options MakeOptions(rocksdb::Env* env) {
  rocksdb::Options options;
  options.env = env;
  options.create_if_missing = true;
  options.write_buffer_size = kMemtableBytes;
  options.max_background_jobs = 2;
  options.max_file_opening_threads = 1;
  // A half-written last entry is one that nobody was told of; any other damage is refused.
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  options.paranoid_checks = true;
  // A failed write is final, also inside RocksDB.
  options.max_bgerror_resume_count = 0;
  // No threads that wake up for statistics.
  options.stats_dump_period_sec = 0;
  options.stats_persist_period_sec = 0;
  options.info_log = std::make_shared<LogForwarder>();
  return options;
}

// Refuses a database that is no journal of this format; makes an empty one a journal.
absl::Status CheckOrWriteHeader(rocksdb::DB& db, const RocksDbJournalOptions& options) {
  std::string header;
  const rocksdb::Status found = db.Get({}, JournalKey(0), &header);
  if (found.ok()) return CheckJournalHeader(header);
  if (!found.IsNotFound()) return ToStatus(found, options.path);

  const std::unique_ptr<rocksdb::Iterator> entries(db.NewIterator({}));
  entries->SeekToFirst();
  RETURN_IF_ERROR(ToStatus(entries->status(), options.path));
  if (entries->Valid()) {
    return absl::DataLossError(fmt::format("journal {} has entries but no header", options.path));
  }
  rocksdb::WriteOptions write_options;
  write_options.sync = options.durability == Durability::kDisk;
  return ToStatus(db.Put(write_options, JournalKey(0), EncodeJournalHeader()), options.path);
}

// Collects encoded records until a key is full.
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
    // A batch in memory takes what it is given.
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
  if (options.durability == Durability::kMemory) {
    memory_env.reset(rocksdb::NewMemEnv(rocksdb::Env::Default()));
    env = memory_env.get();
  } else {
    RETURN_IF_ERROR(MakeDirectories(options.path));
  }

  rocksdb::DB* opened = nullptr;
  const rocksdb::Status status = rocksdb::DB::Open(MakeOptions(env), options.path, &opened);
  std::unique_ptr<rocksdb::DB> db(opened);
  if (IsLockHeld(status)) {
    return absl::FailedPreconditionError(
        fmt::format("journal {} is in use by another controller; stop that one or choose another "
                    "root ({})",
                    options.path, status.ToString()));
  }
  RETURN_IF_ERROR(ToStatus(status, options.path));
  RETURN_IF_ERROR(CheckOrWriteHeader(*db, options));
  return std::unique_ptr<RocksDbJournal>(new RocksDbJournal(std::move(options), std::move(listener),
                                                            std::move(memory_env), std::move(db)));
}

RocksDbJournal::RocksDbJournal(RocksDbJournalOptions options, JournalListener listener,
                               std::unique_ptr<rocksdb::Env> memory_env,
                               std::unique_ptr<rocksdb::DB> db)
    : options_(std::move(options)),
      listener_(std::move(listener)),
      memory_env_(std::move(memory_env)),
      db_(std::move(db)),
      thread_([this] { Run(); }) {}

RocksDbJournal::~RocksDbJournal() {
  {
    MutexLock lock(mutex_);
    is_closing_ = true;
    changed_.NotifyOne();
  }
  thread_.join();
}

absl::Status RocksDbJournal::Replay(
    const std::function<absl::Status(Lsn, const engine::Record&)>& visit) {
  CHECK(!is_replayed_);
  is_replayed_ = true;
  return Scan([&](Lsn lsn, const engine::Record& record) {
    last_lsn_ = lsn;
    return visit(lsn, record);
  });
}

absl::Status RocksDbJournal::Scan(
    const std::function<absl::Status(Lsn, const engine::Record&)>& visit) const {
  rocksdb::ReadOptions read_options;
  read_options.verify_checksums = true;
  read_options.fill_cache = false;
  const std::unique_ptr<rocksdb::Iterator> entries(db_->NewIterator(read_options));
  Lsn last = 0;
  for (entries->Seek(JournalKey(1)); entries->Valid(); entries->Next()) {
    const std::optional<Lsn> first = ParseJournalKey(entries->key().ToStringView());
    if (!first.has_value() || *first != last + 1) {
      return absl::DataLossError(fmt::format(
          "journal {} goes on with entry {} (key {}) after record {}: records are missing",
          options_.path, first.value_or(0), entries->key().ToString(/*hex=*/true), last));
    }
    ASSIGN_OR_RETURN(const std::vector<std::string_view> records,
                     DecodeBatch(*first, entries->value().ToStringView()));
    for (const std::string_view bytes : records) {
      ASSIGN_OR_RETURN(const engine::Record record, DecodeRecord(bytes));
      RETURN_IF_ERROR(visit(++last, record));
    }
  }
  return ToStatus(entries->status(), options_.path);
}

Lsn RocksDbJournal::Append(std::vector<engine::Record> records) {
  CHECK(is_replayed_);
  CHECK(!records.empty());
  const Lsn first = last_lsn_ + 1;
  last_lsn_ += records.size();
  MutexLock lock(mutex_);
  if (!has_failed_) {
    queue_.push_back({first, std::move(records)});
    changed_.NotifyOne();
  }
  return last_lsn_;
}

void RocksDbJournal::Run() {
  for (std::vector<Queued> queue = Take(); !queue.empty(); queue = Take()) {
    if (absl::Status status = Write(queue); !status.ok()) {
      {
        MutexLock lock(mutex_);
        has_failed_ = true;
        queue_.clear();
      }
      if (listener_.on_failure) listener_.on_failure(std::move(status));
      return;
    }
    const Queued& last = queue.back();
    if (listener_.on_durable) listener_.on_durable(last.first + last.records.size() - 1);
  }
}

std::vector<RocksDbJournal::Queued> RocksDbJournal::Take() {
  MutexLock lock(mutex_);
  while (queue_.empty() && !is_closing_) changed_.Wait(mutex_);
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
  rocksdb::WriteOptions write_options;
  write_options.sync = options_.durability == Durability::kDisk;
  return ToStatus(db_->Write(write_options, &builder.Finish()), options_.path);
}

}  // namespace orrery::storage
