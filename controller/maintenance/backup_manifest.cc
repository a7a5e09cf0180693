#include "controller/maintenance/backup_manifest.h"

#include <algorithm>
#include <charconv>
#include <system_error>
#include <vector>

#include "base/checksum.h"
#include "base/file.h"
#include "base/status_macros.h"
#include "fmt/format.h"

namespace orrery::maintenance {
namespace {

constexpr std::string_view kTitle = "orrery backup";
constexpr std::size_t kLines = 5;  // Without the line of the checksum.
constexpr char kTimeFormat[] = "%Y-%m-%dT%H:%M:%SZ";
constexpr std::string_view kChecksumTitle = "crc32c ";
constexpr std::uint64_t kFileBytesMax = 64 * 1024;

absl::Status Malformed(std::string_view line) {
  return absl::DataLossError(
      fmt::format("has a right checksum but a wrong line \"{}\"", line.substr(0, 80)));
}

// Returns the text after the name of the line.
absl::StatusOr<std::string_view> ReadText(std::string_view line, std::string_view name) {
  if (!line.starts_with(name) || line.substr(name.size()).substr(0, 1) != " ") {
    return Malformed(line);
  }
  return line.substr(name.size() + 1);
}

absl::StatusOr<std::uint64_t> ReadNumber(std::string_view line, std::string_view name) {
  ASSIGN_OR_RETURN(const std::string_view text, ReadText(line, name));
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return Malformed(line);
  return number;
}

absl::StatusOr<absl::Time> ReadTime(std::string_view line, std::string_view name) {
  ASSIGN_OR_RETURN(const std::string_view text, ReadText(line, name));
  absl::Time time;
  std::string error;
  if (!absl::ParseTime(kTimeFormat, std::string(text), &time, &error)) return Malformed(line);
  return time;
}

std::vector<std::string_view> SplitLines(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

// Verifies the checksum and returns the lines before it.
absl::StatusOr<std::vector<std::string_view>> OpenLines(std::string_view text) {
  const std::size_t end = text.rfind(kChecksumTitle);
  if (end == std::string_view::npos) return absl::DataLossError("has no checksum");
  const std::string computed = fmt::format("{:08x}\n", Crc32c(text.substr(0, end)));
  if (const std::string_view stored = text.substr(end + kChecksumTitle.size());
      stored != computed) {
    return absl::DataLossError(fmt::format("has checksum {}, not the {} stored with it",
                                           computed.substr(0, 8), stored.substr(0, 8)));
  }
  return SplitLines(text.substr(0, end));
}

}  // namespace

std::string BackupManifestPath(std::string_view directory) {
  return fmt::format("{}/backup", directory);
}

std::string EncodeBackupManifest(const BackupManifest& manifest) {
  std::string text = fmt::format(
      "{} {}\ncreated_at {}\nrecords {}\nblobs {}\nblob_bytes {}\n", kTitle, kBackupFormatVersion,
      absl::FormatTime(kTimeFormat, manifest.created_at, absl::UTCTimeZone()), manifest.records,
      manifest.blobs, manifest.blob_bytes);
  return fmt::format("{}{}{:08x}\n", text, kChecksumTitle, Crc32c(text));
}

absl::StatusOr<BackupManifest> DecodeBackupManifest(std::string_view text) {
  ASSIGN_OR_RETURN(const std::vector<std::string_view> lines, OpenLines(text));
  if (lines.empty()) return absl::DataLossError("is empty but for its checksum");
  ASSIGN_OR_RETURN(const std::uint64_t version, ReadNumber(lines.front(), kTitle));
  if (version != kBackupFormatVersion) {
    return absl::FailedPreconditionError(
        fmt::format("has format version {}, this program reads {}; take the version of orreryd "
                    "that made the backup, or a newer one",
                    version, kBackupFormatVersion));
  }
  if (lines.size() != kLines) {
    return absl::DataLossError(
        fmt::format("has a right checksum but {} lines, not {}", lines.size(), kLines));
  }
  BackupManifest manifest;
  ASSIGN_OR_RETURN(manifest.created_at, ReadTime(lines[1], "created_at"));
  ASSIGN_OR_RETURN(manifest.records, ReadNumber(lines[2], "records"));
  ASSIGN_OR_RETURN(manifest.blobs, ReadNumber(lines[3], "blobs"));
  ASSIGN_OR_RETURN(manifest.blob_bytes, ReadNumber(lines[4], "blob_bytes"));
  return manifest;
}

absl::StatusOr<BackupManifest> ReadBackupManifest(std::string_view directory) {
  const std::string path = BackupManifestPath(directory);
  const absl::StatusOr<std::string> text = ReadFile(path, kFileBytesMax);
  if (absl::IsNotFound(text.status())) {
    return absl::NotFoundError(
        fmt::format("{} is not a complete backup: it has no file {}", directory, path));
  }
  RETURN_IF_ERROR(text.status());
  absl::StatusOr<BackupManifest> manifest = DecodeBackupManifest(*text);
  if (manifest.ok()) return manifest;
  return absl::Status(manifest.status().code(),
                      fmt::format("{} {}", path, std::string(manifest.status().message())));
}

}  // namespace orrery::maintenance
