#include "worker_sdk/cpp/session/slot_pool.h"

#include <utility>

#include "absl/time/clock.h"

namespace orrery {

SlotPool::SlotPool(AttemptBoard& board, std::size_t slots, Run run)
    : board_(board), run_(std::move(run)), running_slots_(slots) {
  threads_.reserve(slots);
  for (std::size_t i = 0; i < slots; ++i) threads_.emplace_back([this] { RunSlot(); });
}

SlotPool::~SlotPool() {
  board_.Stop();
  for (std::thread& thread : threads_) thread.join();
}

bool SlotPool::Stop(absl::Duration timeout) {
  board_.Stop();
  const absl::Time deadline = absl::Now() + timeout;
  const MutexLock lock(mutex_);
  while (running_slots_ > 0) {
    const absl::Duration left = deadline - absl::Now();
    if (left <= absl::ZeroDuration()) return false;
    ended_.WaitFor(mutex_, left);
  }
  return true;
}

void SlotPool::RunSlot() {
  while (const std::optional<StartedAttempt> started = board_.WaitForAttempt()) {
    board_.Finish(started->assignment.attempt, run_(*started));
  }
  const MutexLock lock(mutex_);
  --running_slots_;
  ended_.NotifyAll();
}

}  // namespace orrery
