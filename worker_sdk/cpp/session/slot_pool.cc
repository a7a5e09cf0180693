#include "worker_sdk/cpp/session/slot_pool.h"

#include <utility>

#include "absl/time/clock.h"

namespace orrery {

SlotPool::SlotPool(SessionClient& session, std::size_t slots, Run run)
    : session_(session), run_(std::move(run)), working_(slots + 1) {
  const std::size_t threads = slots + 1;
  threads_.reserve(threads);
  for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { Work(); });
}

SlotPool::~SlotPool() {
  for (std::thread& thread : threads_) thread.join();
}

bool SlotPool::AwaitEnd(absl::Duration timeout) {
  const absl::Time deadline = absl::Now() + timeout;
  const MutexLock lock(mutex_);
  while (working_ > 0) {
    const absl::Duration left = deadline - absl::Now();
    if (left <= absl::ZeroDuration()) return false;
    ended_.WaitFor(mutex_, left);
  }
  return true;
}

void SlotPool::Work() {
  while (std::optional<StartedAttempt> started = session_.NextAttempt()) {
    session_.Finish(*started, run_(*started));
  }
  const MutexLock lock(mutex_);
  --working_;
  ended_.NotifyAll();
}

}  // namespace orrery
