// Deletion of finished workflows, and of data that nothing refers to.
#pragma once

#include <cstdint>
#include <limits>

#include "absl/time/time.h"

namespace orrery::model {

// The finished workflows to keep. A workflow is deleted if either limit selects it.
struct Retention {
  // Time since a workflow finished.
  absl::Duration age_max = absl::InfiniteDuration();
  // Number of workflows, the most recently finished ones.
  std::uint64_t count_max = std::numeric_limits<std::uint64_t>::max();
  // No workflow is deleted earlier after its end, so that clients can read the outcome.
  absl::Duration age_min = absl::ZeroDuration();

  friend bool operator==(const Retention&, const Retention&) = default;
};

struct GarbageRequest {
  // Deletes nothing; the report has what would be deleted.
  bool is_dry_run = false;
  // Without limits, deletes no workflow, only data that nothing refers to.
  Retention retention;
};

enum class GarbageStage {
  kWorkflows,  // Deleting finished workflows.
  kJournal,    // Rewriting the journal.
  kFiles,      // Deleting blobs and other files.
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

  friend bool operator==(const GarbageReport&, const GarbageReport&) = default;
};

}  // namespace orrery::model
