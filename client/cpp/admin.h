// Backups and garbage collection of a running controller's store.
//
// Threading: functions without state; they block.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

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

enum class GarbageStage { kWorkflows, kJournal, kFiles };

struct GarbageRequest {
  // Address of the controller, as ResolveAddress returns it.
  std::string address;
  // Deletes nothing.
  bool is_dry_run = false;
  // Deletes finished workflows that finished longer ago than `older_than`, and all but the `keep`
  // most recent ones.
  std::optional<absl::Duration> older_than;
  // The number of most recent finished workflows that are not deleted.
  std::optional<std::uint64_t> keep;
  // Called on the calling thread when each stage begins.
  std::function<void(GarbageStage)> on_stage;
  absl::Duration timeout = absl::Hours(24);
};

// The data that was deleted, or would be.
struct GarbageReport {
  std::uint64_t workflows = 0;
  std::uint64_t records = 0;
  std::uint64_t record_bytes = 0;
  std::uint64_t blobs = 0;
  std::uint64_t blob_bytes = 0;
  std::uint64_t checkpoints = 0;
  std::uint64_t temporary_files = 0;
};

// Returns when the collection has ended.
//
// Errors: those of AdminService.CollectGarbage; kUnavailable if the controller cannot be reached.
absl::StatusOr<GarbageReport> CollectGarbage(const GarbageRequest& request);

}  // namespace orrery::client
