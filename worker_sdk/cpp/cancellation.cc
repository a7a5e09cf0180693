#include "worker_sdk/cpp/cancellation.h"

#include "absl/time/clock.h"

namespace orrery {

bool CancellationToken::IsCancelled() const {
  const MutexLock lock(state_->mutex);
  return state_->is_cancelled;
}

std::string CancellationToken::reason() const {
  const MutexLock lock(state_->mutex);
  return state_->reason;
}

bool CancellationToken::WaitFor(absl::Duration timeout) const {
  const absl::Time deadline = absl::Now() + timeout;
  const MutexLock lock(state_->mutex);
  while (!state_->is_cancelled) {
    const absl::Duration left = deadline - absl::Now();
    if (left <= absl::ZeroDuration()) return false;
    state_->changed.WaitFor(state_->mutex, left);
  }
  return true;
}

void CancellationSource::Cancel(std::string_view reason) {
  const MutexLock lock(state_->mutex);
  if (state_->is_cancelled) return;
  state_->is_cancelled = true;
  state_->reason = reason;
  state_->changed.NotifyAll();
}

}  // namespace orrery
