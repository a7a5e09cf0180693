// Makes the store of a root from a backup.
//
// Everything is copied and checked first; the journal gets its name last, so that a controller
// finds a whole store or none. The storage token is not in a backup: the controller makes a new
// one, because workers that see the old root do not see this one.
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
  // Has no journal; what else is there stays.
  std::string root;
  absl::Time now;
};

// What the restored store is like. A report with problems says why nothing was restored.
// kNotFound: that is no backup; kFailedPrecondition: the root has a journal, or the backup is of
// another format version; kDataLoss: the backup has fewer records or blobs than it says.
absl::StatusOr<StoreReport> RestoreStore(const RestoreOptions& options);

}  // namespace orrery::maintenance
