#include "base/library_locks.h"

#include "absl/synchronization/mutex.h"

namespace orrery {

void TrustLibraryLocks() { absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore); }

}  // namespace orrery
