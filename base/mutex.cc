#include "base/mutex.h"

#include "absl/synchronization/mutex.h"

namespace orrery {

void DisableAbseilDeadlockDetection() {
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
}

}  // namespace orrery
