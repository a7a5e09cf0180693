#include "controller/journal/journal_reader.h"

#include <utility>

#include "base/status_macros.h"
#include "controller/journal/journal_end.h"
#include "fmt/format.h"
#include "rocksdb/db.h"
#include "rocksdb/env.h"

namespace orrery::journal {

absl::StatusOr<JournalReader> JournalReader::Open(std::string path) {
  rocksdb::Env& env = *rocksdb::Env::Default();
  if (!env.FileExists(path).ok()) {
    return absl::NotFoundError(fmt::format("there is no journal in {}", path));
  }
  JournalReader reader(path);
  // A disk that is not writable has no lock file, and no controller runs on it.
  if (IsLockHeld(env.LockFile(path + "/LOCK", &reader.lock_))) {
    return absl::FailedPreconditionError(
        fmt::format("journal {} is in use by a controller; stop it first", path));
  }
  ASSIGN_OR_RETURN(reader.acknowledged_, ReadJournalEnd(path));
  ASSIGN_OR_RETURN(reader.database_, OpenDatabase(path, &env, DatabaseAccess::kReadOnly));
  const absl::Status header = CheckHeader(*reader.database_, path);
  if (absl::IsNotFound(header)) {
    // The journal was created and never written to, or all its records are lost.
    RETURN_IF_ERROR(CheckJournalEnd(path, 0, reader.acknowledged_.value_or(0)));
  } else {
    RETURN_IF_ERROR(header);
  }
  return reader;
}

JournalReader::JournalReader(std::string path) : path_(std::move(path)) {}

JournalReader::JournalReader(JournalReader&& other) noexcept
    : path_(std::move(other.path_)),
      lock_(std::exchange(other.lock_, nullptr)),
      database_(std::move(other.database_)),
      acknowledged_(other.acknowledged_) {}

JournalReader::~JournalReader() {
  database_.reset();
  if (lock_ != nullptr) static_cast<void>(rocksdb::Env::Default()->UnlockFile(lock_));
}

absl::StatusOr<Lsn> JournalReader::Read(const JournalVisitor& visitor) const {
  ASSIGN_OR_RETURN(const Lsn last, ReadEntries(*database_, path_, visitor));
  absl::Status end = CheckJournalEnd(path_, last, acknowledged_.value_or(0));
  if (!end.ok()) RETURN_IF_ERROR(visitor.on_problem(last + 1, std::move(end)));
  return last;
}

}  // namespace orrery::journal
