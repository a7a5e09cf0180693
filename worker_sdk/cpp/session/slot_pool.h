// The threads that run tasks and attend to the session in between: one per slot, and one more.
//
// Threading: thread-safe; the function that runs attempts is called by all slots at once.
#pragma once

#include <cstddef>
#include <functional>
#include <thread>
#include <vector>

#include "absl/time/time.h"
#include "base/mutex.h"
#include "model/outcome.h"
#include "worker_sdk/cpp/session/session_client.h"

namespace orrery {

class SlotPool {
 public:
  using Run = std::function<model::TaskResult(StartedAttempt&)>;

  // `session` outlives this. `run` must not throw.
  SlotPool(SessionClient& session, std::size_t slots, Run run);
  SlotPool(const SlotPool&) = delete;
  SlotPool& operator=(const SlotPool&) = delete;
  // Waits for the session's end and for every task that runs, however long it takes.
  ~SlotPool();

  // Waits up to `timeout` for tasks that still run when the session is over. False: some still do,
  // and the process can only be ended under them.
  bool AwaitEnd(absl::Duration timeout);

 private:
  void Work();

  SessionClient& session_;
  const Run run_;

  Mutex mutex_;
  CondVar ended_;
  std::size_t working_ GUARDED_BY(mutex_);

  std::vector<std::thread> threads_;
};

}  // namespace orrery
