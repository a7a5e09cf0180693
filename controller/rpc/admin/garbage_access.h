// Collects garbage for the admin service.
//
// Threading: thread-safe; calls block on the disk and on the loop.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace orrery::rpc {

struct GarbageRequest {
  bool is_dry_run = false;
  // Deletes finished workflows: those that finished longer ago than a limit, and all but the most
  // recently finished ones.
  absl::Duration age_max = absl::InfiniteDuration();
  std::uint64_t count_max = std::numeric_limits<std::uint64_t>::max();
};

enum class GarbageStage { kWorkflows, kJournal, kFiles };

struct GarbageReport {
  std::uint64_t workflows = 0;
  std::uint64_t records = 0;
  std::uint64_t record_bytes = 0;
  std::uint64_t blobs = 0;
  std::uint64_t blob_bytes = 0;
  std::uint64_t checkpoints = 0;
  std::uint64_t temporary_files = 0;
};

// Callbacks, on the calling thread.
struct GarbageWatch {
  // Polled.
  std::function<bool()> is_cancelled;
  std::function<void(GarbageStage)> on_stage;
};

class GarbageAccess {
 public:
  virtual ~GarbageAccess() = default;

  // Errors: those of AdminService.CollectGarbage.
  virtual absl::StatusOr<GarbageReport> Collect(const GarbageRequest& request,
                                                const GarbageWatch& watch) = 0;
};

}  // namespace orrery::rpc
