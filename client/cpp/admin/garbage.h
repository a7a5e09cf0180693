// What a running controller's store no longer needs.
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
  // The controller's, as it was resolved.
  std::string address;
  // Changes nothing.
  bool is_dry_run = false;
  // Forgets finished workflows: those that finished longer ago, and all but so many.
  std::optional<absl::Duration> older_than;
  std::optional<std::uint64_t> keep;
  // Called on the calling thread when each stage begins.
  std::function<void(GarbageStage)> on_stage;
  absl::Duration timeout = absl::Hours(24);
};

// What was removed, or would be.
struct GarbageReport {
  std::uint64_t workflows = 0;
  std::uint64_t records = 0;
  std::uint64_t record_bytes = 0;
  std::uint64_t blobs = 0;
  std::uint64_t blob_bytes = 0;
  std::uint64_t checkpoints = 0;
  std::uint64_t temporary_files = 0;
};

// Returns when all is done. Errors as of AdminService.CollectGarbage; kUnavailable: the controller
// cannot be reached.
absl::StatusOr<GarbageReport> CollectGarbage(const GarbageRequest& request);

}  // namespace orrery::client
