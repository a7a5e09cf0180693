// Restores the store of a root from a backup.
//
// First copies and checks everything, and renames the journal last, so that a controller finds a
// complete store or none. A backup has no storage token: the controller creates a new one, because
// workers with access to the old root may have no access to this one.
//
// Threading: functions without state; they block on the disk.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "controller/maintenance/store_check.h"

namespace orrery::maintenance {

struct RestoreOptions {
  std::string backup;
  // Must not contain a journal; other files are kept.
  std::string root;
  absl::Time now;
};

// Returns a report on the restored store. If the report has problems, nothing was restored.
//
// Errors: kNotFound if the folder is not a backup; kFailedPrecondition if the root has a journal,
// or for another format version; kDataLoss if the backup has fewer records or blobs than its
// manifest says.
absl::StatusOr<StoreReport> RestoreStore(const RestoreOptions& options);

}  // namespace orrery::maintenance
