// The worker pools of this machine, and the thread that starts and watches their processes.
//
// The thread lives as long as this object. Children die with the thread that started them, and so
// with the controller.
//
// Threading: thread-safe. The listeners run on the thread of this object and must not call back.
#pragma once

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "executors/capture.h"
#include "executors/local_executor.h"
#include "executors/worker_pool.h"

namespace orrery::executors {

class LocalPools {
 public:
  // Makes the log folders and starts all processes.
  static absl::StatusOr<std::unique_ptr<LocalPools>> Start(std::vector<PoolSpec> pools,
                                                           LocalExecutorOptions options,
                                                           const StartListener& on_start,
                                                           ExitListener on_exit);

  LocalPools(const LocalPools&) = delete;
  LocalPools& operator=(const LocalPools&) = delete;
  // Terminates all processes; kills them after the grace.
  ~LocalPools();

  // Runs a program beside the pools, see executors/capture.h. `done` runs on the thread of this
  // object, or not at all if this object is destroyed first.
  void Run(CaptureSpec program, CaptureListener done);

  // After this call, processes that end are not replaced.
  void StopStarting();

 private:
  class Impl;
  explicit LocalPools(std::unique_ptr<Impl> impl);

  std::unique_ptr<Impl> impl_;
};

}  // namespace orrery::executors
