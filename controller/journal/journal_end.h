// How far the journal goes for sure: the number of the last record that anybody was told of.
//
// A log that was cut off, or whose last lengths are wrong, looks to RocksDB like one whose last
// write was never finished, and it drops the rest without a word. So the end is kept beside the
// journal, `<root>/journal_end`, and a journal that ends before it has lost records. Written after
// the records themselves and never synced for itself, it costs a few microseconds a write: after
// the death of the process it is exact, after a power cut it may be behind the truth, never ahead
// of what was synced. The format is in docs/storage-format.md, section 1.
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

// The file that belongs to the journal in the folder `journal_path`.
std::string JournalEndPath(std::string_view journal_path);

std::string EncodeJournalEnd(Lsn lsn);
// kDataLoss: a byte is wrong. kFailedPrecondition: another format version.
absl::StatusOr<Lsn> DecodeJournalEnd(std::string_view bytes);

// Nothing: there is none, as beside a journal that nothing was written to.
absl::StatusOr<std::optional<Lsn>> ReadJournalEnd(std::string_view journal_path);

// What to say of a journal that ends with record `last`. kDataLoss: that is before `end`.
absl::Status CheckJournalEnd(std::string_view journal_path, Lsn last, Lsn end);

class JournalEnd {
 public:
  // Opens the file. If there is none, the first Write makes it: until then 0 is the truth. `sync`:
  // whether the file, once made, is to survive a power cut, with whatever it then says.
  static absl::StatusOr<JournalEnd> Open(std::string_view journal_path, Sync sync);

  // The number that was found, or written last.
  Lsn value() const { return value_; }

  // In place, and into the page cache only, but for the first one.
  absl::Status Write(Lsn lsn);
  absl::Status SyncNow();

 private:
  JournalEnd(std::string path, Sync sync) : path_(std::move(path)), sync_(sync) {}

  // kNotFound: there is none.
  absl::Status OpenFile();

  std::string path_;
  Sync sync_ = Sync::kNone;
  FileDescriptor file_;  // Closed: there is none yet.
  Lsn value_ = 0;
};

}  // namespace orrery::journal
