// Reads the journal of a root that no controller runs on, changing nothing.
//
// Keeps controllers away meanwhile by holding the lock that they hold.
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
  // `path` is the journal's folder. kFailedPrecondition: a controller has it open, or it is of
  // another format version. kNotFound: there is none. kDataLoss: it is damaged.
  static absl::StatusOr<JournalReader> Open(std::string path);

  JournalReader(JournalReader&& other) noexcept;
  JournalReader& operator=(JournalReader&&) = delete;
  ~JournalReader();

  // Visits everything, and as the last problem that records are missing at the end. Returns the
  // number of the last record.
  absl::StatusOr<Lsn> Read(const JournalVisitor& visitor) const;

  // The number of the last acknowledged record; nothing if that is not known.
  const std::optional<Lsn>& acknowledged() const { return acknowledged_; }

 private:
  explicit JournalReader(std::string path);

  std::string path_;
  rocksdb::FileLock* lock_ = nullptr;  // Owned; its only destroyer is the environment.
  std::unique_ptr<rocksdb::DB> database_;
  std::optional<Lsn> acknowledged_;
};

}  // namespace orrery::journal
