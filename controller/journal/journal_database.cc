#include "controller/journal/journal_database.h"

#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <fcntl.h>
#include <optional>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/file_descriptor.h"
#include "base/log.h"
#include "base/status_macros.h"
#include "controller/journal/compaction/record_workflow.h"
#include "controller/journal/journal_batch.h"
#include "controller/journal/record_codec.h"
#include "fmt/format.h"
#include "rocksdb/db.h"
#include "rocksdb/env.h"
#include "rocksdb/options.h"

namespace orrery::journal {
namespace {

constexpr std::size_t kMemtableBytes = 32 * 1024 * 1024;
constexpr std::size_t kDiaryLineBytesMax = 1024;

// Forwards RocksDB's log messages to our log. Its own log file would be on the disk of the journal,
// and writing to it after the disk is full aborts the process.
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
  options.write_buffer_size = kMemtableBytes;
  options.max_background_jobs = 2;
  options.max_file_opening_threads = 1;
  // Well within the descriptors that the acceptor of connections leaves to files.
  options.max_open_files = 128;
  // An unfinished last entry may or may not have been acknowledged; journal_end.h tells. Damage in
  // any other place is an error here.
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  options.paranoid_checks = true;
  // A failed write is final, also inside RocksDB.
  options.max_bgerror_resume_count = 0;
  // Avoids threads that only collect statistics.
  options.stats_dump_period_sec = 0;
  options.stats_persist_period_sec = 0;
  options.info_log = std::make_shared<LogForwarder>();
  return options;
}

// RocksDB considers a folder without the file CURRENT as empty, whatever else it contains.
absl::Status CheckExistence(const std::string& path, rocksdb::Env& env, DatabaseAccess access) {
  if (HasDatabase(path, env)) return absl::OkStatus();
  std::vector<std::string> names;
  static_cast<void>(env.GetChildren(path, &names));
  const auto holds_records = [](std::string_view name) {
    return name.ends_with(".log") || name.ends_with(".sst");
  };
  if (const auto name = std::ranges::find_if(names, holds_records); name != names.end()) {
    return absl::DataLossError(fmt::format(
        "journal {} has the file {} but no file CURRENT, so what it holds cannot be read; restore "
        "a backup",
        path, *name));
  }
  if (access == DatabaseAccess::kWrite) return absl::OkStatus();
  return absl::NotFoundError(fmt::format("there is no journal in {}", path));
}

// Counts the records while it visits the entries.
class EntryReader {
 public:
  EntryReader(const std::string& path, const JournalVisitor& visitor, JournalHeader header)
      : path_(path), visitor_(visitor), header_(std::move(header)) {}

  absl::Status Visit(const rocksdb::Iterator& entry) {
    const std::optional<Lsn> first = ParseJournalKey(entry.key().ToStringView());
    if (!first.has_value()) {
      return Problem(fmt::format("has the key {} after record {}, which is not an LSN",
                                 entry.key().ToString(/*hex=*/true), last_));
    }
    if (*first != last_ + 1 && (is_count_known_ || *first <= last_)) {
      RETURN_IF_ERROR(Problem(fmt::format(
          "goes on with entry {} after record {}: records are missing", *first, last_)));
    }
    const absl::StatusOr<Batch> batch = DecodeBatch(*first, entry.value().ToStringView());
    is_count_known_ = batch.ok();
    if (!batch.ok()) {
      last_ = *first;  // At least one.
      return visitor_.on_problem(*first, batch.status());
    }
    for (const auto& [lsn, bytes] : batch->records) RETURN_IF_ERROR(VisitRecord(lsn, bytes));
    last_ = batch->end - 1;
    return absl::OkStatus();
  }

  Lsn last() const { return last_; }

 private:
  absl::Status Problem(const std::string& what) const {
    return visitor_.on_problem(last_ + 1,
                               absl::DataLossError(fmt::format("journal {} {}", path_, what)));
  }

  absl::Status VisitRecord(Lsn lsn, std::string_view bytes) {
    absl::StatusOr<engine::Record> record = DecodeRecord(bytes);
    if (record.ok()) {
      return IsRemoved(*record, header_) ? absl::OkStatus()
                                         : visitor_.on_record(lsn, *std::move(record));
    }
    return visitor_.on_problem(
        lsn,
        absl::Status(record.status().code(), fmt::format("record {} cannot be read: {}", lsn,
                                                         std::string(record.status().message()))));
  }

  const std::string& path_;
  const JournalVisitor& visitor_;
  const JournalHeader header_;
  // The last record of the entries so far.
  Lsn last_ = 0;
  // False if the previous entry is damaged: it does not tell how many records it had.
  bool is_count_known_ = true;
};

}  // namespace

absl::Status FromRocksDb(const rocksdb::Status& status, const std::string& path) {
  if (status.ok()) return absl::OkStatus();
  const std::string text = status.ToString();
  std::string message = fmt::format("journal {}: {}", path, text);
  if (status.IsCorruption()) return absl::DataLossError(message);
  if (status.IsNoSpace()) return absl::ResourceExhaustedError(message);
  return absl::UnavailableError(message);
}

bool IsLockHeld(const rocksdb::Status& status) {
  const std::string text = status.ToString();
  return status.IsIOError() && (text.find("While lock file") != std::string::npos ||
                                text.find("lock hold by current process") != std::string::npos);
}

bool HasDatabase(const std::string& path, rocksdb::Env& env) {
  return env.FileExists(path + "/CURRENT").ok();
}

bool IsDatabaseLocked(const std::string& path) {
  const FileDescriptor file(::open((path + "/LOCK").c_str(), O_RDONLY | O_CLOEXEC));
  struct flock lock = {};
  lock.l_type = F_RDLCK;
  lock.l_whence = SEEK_SET;
  return file.is_open() && fcntl(file.value(), F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

absl::StatusOr<std::unique_ptr<rocksdb::DB>> OpenDatabase(const std::string& path,
                                                          rocksdb::Env* env,
                                                          DatabaseAccess access) {
  RETURN_IF_ERROR(CheckExistence(path, *env, access));
  rocksdb::Options options = MakeOptions(env);
  rocksdb::DB* opened = nullptr;
  rocksdb::Status status;
  if (access == DatabaseAccess::kReadOnly) {
    status = rocksdb::DB::OpenForReadOnly(options, path, &opened);
  } else {
    options.create_if_missing = true;
    status = rocksdb::DB::Open(options, path, &opened);
  }
  std::unique_ptr<rocksdb::DB> database(opened);
  if (IsLockHeld(status)) {
    return absl::FailedPreconditionError(
        fmt::format("journal {} is in use by another controller; stop that one or choose another "
                    "root ({})",
                    path, status.ToString()));
  }
  RETURN_IF_ERROR(FromRocksDb(status, path));
  return database;
}

absl::Status CheckHeader(rocksdb::DB& database, const std::string& path) {
  std::string header;
  const rocksdb::Status found = database.Get({}, JournalKey(0), &header);
  if (found.ok()) return DecodeJournalHeader(header).status();
  if (!found.IsNotFound()) return FromRocksDb(found, path);

  const std::unique_ptr<rocksdb::Iterator> entries(database.NewIterator({}));
  entries->SeekToFirst();
  RETURN_IF_ERROR(FromRocksDb(entries->status(), path));
  if (entries->Valid()) {
    return absl::DataLossError(fmt::format("journal {} has entries but no header", path));
  }
  return absl::NotFoundError(fmt::format("journal {} is empty", path));
}

std::unique_ptr<rocksdb::Iterator> NewEntryIterator(rocksdb::DB& database) {
  rocksdb::ReadOptions read_options;
  read_options.verify_checksums = true;
  read_options.fill_cache = false;
  return std::unique_ptr<rocksdb::Iterator>(database.NewIterator(read_options));
}

absl::StatusOr<JournalHeader> TakeHeader(rocksdb::Iterator& entries) {
  entries.SeekToFirst();
  if (!entries.Valid() || entries.key() != JournalKey(0)) return JournalHeader();
  ASSIGN_OR_RETURN(JournalHeader header, DecodeJournalHeader(entries.value().ToStringView()));
  entries.Next();
  return header;
}

bool IsRemoved(const engine::Record& record, const JournalHeader& header) {
  if (std::holds_alternative<engine::WorkflowDeleted>(record.body)) return false;
  const std::optional<engine::WorkflowNumber> workflow = WorkflowOf(record);
  return workflow.has_value() && std::ranges::binary_search(header.removing, *workflow);
}

absl::StatusOr<Lsn> ReadEntries(rocksdb::DB& database, const std::string& path,
                                const JournalVisitor& visitor) {
  // A snapshot, so that the header and the entries are consistent.
  const std::unique_ptr<rocksdb::Iterator> entries = NewEntryIterator(database);
  ASSIGN_OR_RETURN(JournalHeader header, TakeHeader(*entries));
  EntryReader reader(path, visitor, std::move(header));
  for (; entries->Valid(); entries->Next()) RETURN_IF_ERROR(reader.Visit(*entries));
  if (absl::Status status = FromRocksDb(entries->status(), path); !status.ok()) {
    RETURN_IF_ERROR(visitor.on_problem(reader.last() + 1, std::move(status)));
  }
  return reader.last();
}

}  // namespace orrery::journal
