// Cancels a workflow in a store that no controller runs on.
//
// Threading: functions without state; they block on the disk.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/uuid.h"

namespace orrery::maintenance {

struct CancelInStoreRequest {
  std::string root;
  Uuid workflow;
  absl::Time now;
};

// Records that the workflow was cancelled, durably, and holds it (runtime/work_mark_file.h): the
// next controller derives nothing of it. Does nothing if it has been cancelled already.
//
// Errors: kNotFound if there is no such workflow; kInvalidArgument if it has failed;
// kFailedPrecondition if a controller uses the store; those of the journal.
absl::Status CancelInStore(const CancelInStoreRequest& request);

}  // namespace orrery::maintenance
