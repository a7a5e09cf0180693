// Reads the journal of a root on which no controller runs; changes nothing.
//
// Holds the lock of the controller, so that none can start meanwhile.
//
// Threading: thread-compatible.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "controller/journal/journal.h"
#include "controller/journal/journal_database.h"

namespace rocksdb {
class FileLock;
}  // namespace rocksdb

namespace orrery::journal {

class JournalReader {
 public:
  // `path` is the journal's folder.
  //
  // Errors: kFailedPrecondition if a controller has it open, or for another format version;
  // kNotFound if there is no journal; kDataLoss if it is damaged.
  static absl::StatusOr<JournalReader> Open(std::string path);

  JournalReader(JournalReader&& other) noexcept;
  JournalReader& operator=(JournalReader&&) = delete;
  ~JournalReader();

  // Visits all records. Reports missing records at the end as the last problem. Returns the LSN of
  // the last record.
  absl::StatusOr<Lsn> Read(const JournalVisitor& visitor) const;

  // The LSN of the last acknowledged record; nullopt if unknown.
  const std::optional<Lsn>& acknowledged() const { return acknowledged_; }

 private:
  explicit JournalReader(std::string path);

  std::string path_;
  rocksdb::FileLock* lock_ = nullptr;  // Owned; only the environment can destroy it.
  std::unique_ptr<rocksdb::DB> database_;
  std::optional<Lsn> acknowledged_;
};

}  // namespace orrery::journal
