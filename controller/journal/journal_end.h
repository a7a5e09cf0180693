// The end of the journal: the LSN of the last acknowledged record.
//
// If a log is truncated or its last lengths are damaged, RocksDB takes it for one with an
// unfinished last write and discards the rest silently. So the end is stored in a file of its own,
// `<root>/journal_end`, and a journal that ends before it has lost records. The file is written
// after the records and not synced, which costs a few microseconds for each write. After the death
// of the process it is exact; after a power cut it may be behind, but never beyond the synced
// records. The format is in docs/storage-format.md, section 1.
//
// Threading: thread-compatible.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/file.h"
#include "base/file_descriptor.h"
#include "controller/journal/journal.h"

namespace orrery::journal {

inline constexpr std::uint32_t kJournalEndFormatVersion = 1;

// Returns the path of the file for the journal in the folder `journal_path`.
std::string JournalEndPath(std::string_view journal_path);

std::string EncodeJournalEnd(Lsn lsn);
// Errors: kDataLoss if a byte is wrong; kFailedPrecondition for another format version.
absl::StatusOr<Lsn> DecodeJournalEnd(std::string_view bytes);

// Returns nullopt if the file does not exist, as for a journal without records.
absl::StatusOr<std::optional<Lsn>> ReadJournalEnd(std::string_view journal_path);

// Errors: kDataLoss if `last`, the last record of the journal, is before `end`.
absl::Status CheckJournalEnd(std::string_view journal_path, Lsn last, Lsn end);

class JournalEnd {
 public:
  // Opens the file. If it does not exist, the first Write creates it, and value() is 0 until then.
  // With Sync::kSync, the created file survives a power cut, with any content.
  static absl::StatusOr<JournalEnd> Open(std::string_view journal_path, Sync sync);

  // The LSN that was read or written last.
  Lsn value() const { return value_; }

  // Writes in place and into the page cache only, except for the first write.
  absl::Status Write(Lsn lsn);
  absl::Status SyncNow();

 private:
  JournalEnd(std::string path, Sync sync) : path_(std::move(path)), sync_(sync) {}

  // Errors: kNotFound if the file does not exist.
  absl::Status OpenFile();

  std::string path_;
  Sync sync_ = Sync::kNone;
  FileDescriptor file_;  // Closed if the file does not exist yet.
  Lsn value_ = 0;
};

}  // namespace orrery::journal
