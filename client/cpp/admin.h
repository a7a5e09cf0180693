// Backups and garbage collection of a running controller's store.
//
// Threading: functions without state; they block.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "model/garbage.h"

namespace orrery::client {

struct BackupRequest {
  // Address of the controller, as ResolveAddress returns it.
  std::string address;
  // Absolute path on the controller's machine, of a new or empty folder.
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
// kDeadlineExceeded if it takes too long, without leaving files behind.
absl::StatusOr<Backup> CreateBackup(const BackupRequest& request);

using model::GarbageReport;
using model::GarbageRequest;
using model::GarbageStage;
using model::Retention;

struct GarbageOptions {
  // Address of the controller, as ResolveAddress returns it.
  std::string address;
  // Called on the calling thread when each stage begins.
  std::function<void(GarbageStage)> on_stage;
  absl::Duration timeout = absl::Hours(24);
};

// Returns when the collection has ended.
//
// Errors: those of AdminService.CollectGarbage; kUnavailable if the controller cannot be reached.
absl::StatusOr<GarbageReport> CollectGarbage(const GarbageOptions& options,
                                             const GarbageRequest& request);

}  // namespace orrery::client
