#include "controller/journal/journal_end.h"

#include <cerrno>
#include <fcntl.h>
#include <unistd.h>
#include <utility>

#include "base/checksum.h"
#include "base/little_endian.h"
#include "base/status_macros.h"
#include "fmt/format.h"

namespace orrery::journal {
namespace {

constexpr std::size_t kVersionBytes = sizeof(std::uint32_t);
constexpr std::size_t kChecksumBytes = sizeof(std::uint32_t);
constexpr std::size_t kFileBytes = kVersionBytes + sizeof(Lsn) + kChecksumBytes;

}  // namespace

std::string JournalEndPath(std::string_view journal_path) {
  return fmt::format("{}_end", journal_path);
}

std::string EncodeJournalEnd(Lsn lsn) {
  std::string bytes;
  AppendLittleEndian(kJournalEndFormatVersion, bytes);
  AppendLittleEndian(lsn, bytes);
  AppendLittleEndian(Crc32c(bytes), bytes);
  return bytes;
}

absl::StatusOr<Lsn> DecodeJournalEnd(std::string_view bytes) {
  if (bytes.size() != kFileBytes) {
    return absl::DataLossError(fmt::format("has {} bytes, not {}", bytes.size(), kFileBytes));
  }
  const std::string_view body = bytes.substr(0, kFileBytes - kChecksumBytes);
  const auto stored = ReadLittleEndian<std::uint32_t>(bytes.substr(body.size()));
  if (const std::uint32_t computed = Crc32c(body); computed != stored) {
    return absl::DataLossError(
        fmt::format("has checksum {:08x}, not the {:08x} stored with it", computed, stored));
  }
  const auto version = ReadLittleEndian<std::uint32_t>(body);
  if (version != kJournalEndFormatVersion) {
    return absl::FailedPreconditionError(
        fmt::format("has format version {}, this program reads {}; start the version of orreryd "
                    "that wrote it, or a newer one",
                    version, kJournalEndFormatVersion));
  }
  return ReadLittleEndian<Lsn>(body.substr(kVersionBytes));
}

absl::StatusOr<std::optional<Lsn>> ReadJournalEnd(std::string_view journal_path) {
  const std::string path = JournalEndPath(journal_path);
  // A file that is too long is damaged; the limit leaves room for a better message than "too long".
  const absl::StatusOr<std::string> bytes = ReadFile(path, 1024 * 1024);
  if (absl::IsNotFound(bytes.status())) return std::nullopt;
  RETURN_IF_ERROR(bytes.status());
  const absl::StatusOr<Lsn> lsn = DecodeJournalEnd(*bytes);
  if (lsn.ok()) return *lsn;
  std::string message = fmt::format("{} {}", path, std::string(lsn.status().message()));
  if (absl::IsDataLoss(lsn.status())) {
    message +=
        "; what it said cannot be known: look at the journal with orreryd fsck, then remove "
        "this file to go on with the records that are there";
  }
  return absl::Status(lsn.status().code(), message);
}

absl::Status CheckJournalEnd(std::string_view journal_path, Lsn last, Lsn end) {
  if (last >= end) return absl::OkStatus();
  return absl::DataLossError(fmt::format(
      "journal {} ends with record {}, but record {} was acknowledged: {} records are lost; "
      "restore a backup, or remove {} to go on without them",
      journal_path, last, end, end - last, JournalEndPath(journal_path)));
}

absl::StatusOr<JournalEnd> JournalEnd::Open(std::string_view journal_path, Sync sync) {
  ASSIGN_OR_RETURN(const std::optional<Lsn> found, ReadJournalEnd(journal_path));
  JournalEnd end(JournalEndPath(journal_path), sync);
  if (!found.has_value()) return end;
  RETURN_IF_ERROR(end.OpenFile());
  end.value_ = *found;
  return end;
}

absl::Status JournalEnd::OpenFile() {
  file_ = FileDescriptor(::open(path_.c_str(), O_WRONLY | O_CLOEXEC));
  return file_.is_open() ? absl::OkStatus() : ErrnoStatus(errno, "open", path_);
}

absl::Status JournalEnd::Write(Lsn lsn) {
  const std::string bytes = EncodeJournalEnd(lsn);
  if (!file_.is_open()) {
    RETURN_IF_ERROR(WriteFileAtomically(path_, bytes, sync_));
    value_ = lsn;
    return OpenFile();
  }
  // One write within one sector: a reader finds the old number or the new one.
  ssize_t size = 0;
  do {
    size = ::pwrite(file_.value(), bytes.data(), bytes.size(), 0);
  } while (size < 0 && errno == EINTR);
  if (size < 0) return ErrnoStatus(errno, "write", path_);
  if (static_cast<std::size_t>(size) != bytes.size()) return ErrnoStatus(ENOSPC, "write", path_);
  value_ = lsn;
  return absl::OkStatus();
}

absl::Status JournalEnd::SyncNow() {
  if (!file_.is_open()) return absl::OkStatus();
  return ::fdatasync(file_.value()) == 0 ? absl::OkStatus() : ErrnoStatus(errno, "sync", path_);
}

}  // namespace orrery::journal
