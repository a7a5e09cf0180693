// The threads that run tasks: one per slot.
//
// Threading: thread-safe; the function that runs attempts is called by all slots at once.
#pragma once

#include <cstddef>
#include <functional>
#include <thread>
#include <vector>

#include "absl/time/time.h"
#include "base/mutex.h"
#include "worker_sdk/cpp/session/attempt_board.h"

namespace orrery {

class SlotPool {
 public:
  using Run = std::function<TaskResult(const StartedAttempt&)>;

  // `board` outlives this. `run` must not throw.
  SlotPool(AttemptBoard& board, std::size_t slots, Run run);
  SlotPool(const SlotPool&) = delete;
  SlotPool& operator=(const SlotPool&) = delete;
  // Waits for every task that runs, however long it takes.
  ~SlotPool();

  // Ends the slots and waits up to `timeout` for tasks that run. False: some still run, and the
  // process can only be ended under them.
  bool Stop(absl::Duration timeout);

 private:
  void RunSlot();

  AttemptBoard& board_;
  const Run run_;

  Mutex mutex_;
  CondVar ended_;
  std::size_t running_slots_ GUARDED_BY(mutex_);

  std::vector<std::thread> threads_;
};

}  // namespace orrery
