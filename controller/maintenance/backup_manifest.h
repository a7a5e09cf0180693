// The file that marks a folder as a backup. It is written last, so a folder that contains it is
// complete. The format is in docs/storage-format.md, section 4.
//
// Threading: functions without state.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "controller/journal/journal.h"

namespace orrery::maintenance {

inline constexpr std::uint32_t kBackupFormatVersion = 1;

struct BackupManifest {
  absl::Time created_at;  // Whole seconds.
  journal::Lsn records = 0;
  std::uint64_t blobs = 0;
  std::uint64_t blob_bytes = 0;

  friend bool operator==(const BackupManifest&, const BackupManifest&) = default;
};

std::string BackupManifestPath(std::string_view directory);

std::string EncodeBackupManifest(const BackupManifest& manifest);
// Errors: kDataLoss if a byte is wrong; kFailedPrecondition for another format version.
absl::StatusOr<BackupManifest> DecodeBackupManifest(std::string_view text);

// Errors: kNotFound if the folder is not a backup. Messages name the folder.
absl::StatusOr<BackupManifest> ReadBackupManifest(std::string_view directory);

}  // namespace orrery::maintenance
