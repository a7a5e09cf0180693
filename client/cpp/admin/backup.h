// Backups of a running controller's store.
//
// Threading: functions without state; they block.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace orrery::client {

struct BackupRequest {
  // The controller's, as it was resolved.
  std::string address;
  // Absolute, on the controller's machine; it does not exist, or is an empty folder.
  std::string directory;
  absl::Duration timeout = absl::Hours(24);
};

struct Backup {
  std::string directory;
  absl::Time created_at;
  std::uint64_t records = 0;
  std::uint64_t blobs = 0;
  std::uint64_t blob_bytes = 0;
};

// Returns when the backup is whole. Errors as of AdminService.CreateBackup; kUnavailable: the
// controller cannot be reached; kDeadlineExceeded: it took too long, and nothing was left behind.
absl::StatusOr<Backup> CreateBackup(const BackupRequest& request);

}  // namespace orrery::client
