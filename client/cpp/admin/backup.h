// Makes backups of a running controller's store.
//
// Threading: functions without state; they block.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace orrery::client {

struct BackupRequest {
  // Address of the controller, as ResolveAddress returns it.
  std::string address;
  // Absolute path on the controller's machine. Must not exist, or be an empty folder.
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

// Returns when the backup is complete.
//
// Errors: those of AdminService.CreateBackup; kUnavailable if the controller cannot be reached;
// kDeadlineExceeded after `timeout`, without a folder.
absl::StatusOr<Backup> CreateBackup(const BackupRequest& request);

}  // namespace orrery::client
