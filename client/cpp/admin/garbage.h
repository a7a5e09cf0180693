// Collects garbage in a running controller's store.
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

enum class GarbageStage { kWorkflows, kJournal, kFiles };

struct GarbageRequest {
  // Address of the controller, as ResolveAddress returns it.
  std::string address;
  // Deletes nothing.
  bool is_dry_run = false;
  // Deletes finished workflows: those that finished longer ago than `older_than`, and all but the
  // `keep` most recently finished ones.
  std::optional<absl::Duration> older_than;
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
