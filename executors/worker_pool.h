// Keeps a given number of worker processes running.
//
// A process that ends is replaced after 200 ms, then after 400 ms, up to 30 s. If a process ran for
// a minute, the delay starts at 200 ms again. Each process has its own instance id, by which the
// controller knows it.
//
// Threading: confined to the executor's thread.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "base/backoff.h"
#include "base/clock.h"
#include "base/random.h"
#include "base/uuid.h"
#include "executors/local_executor.h"

namespace orrery::executors {

struct PoolSpec {
  std::string name;
  std::vector<std::string> command;
  std::map<std::string, std::string> environment;
  std::uint32_t size = 1;
  // Each process writes to `<log_directory>/<name>-<n>.log`, with n from 1. Empty: output is
  // discarded.
  std::string log_directory;
};

// Called when a pool has started a process.
using StartListener = std::function<void(const Uuid& id, const std::string& pool)>;

// References outlive the pool.
struct PoolDependencies {
  LocalExecutor& executor;
  const Clock& clock;
  Random& random;
  // Calls the function after the delay, on the executor's thread, after this call has returned.
  // Does not call it after the pool is destroyed.
  std::function<void(absl::Duration, std::function<void()>)> run_after;
  StartListener on_start;
};

class WorkerPool {
 public:
  // Each process gets ORRERY_INSTANCE_ID in its environment.
  WorkerPool(PoolSpec spec, PoolDependencies dependencies);

  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  void Start();
  // After this call, no process is started. Running processes continue.
  void StopStarting() { is_stopping_ = true; }
  // Call it when any process has ended. Ignores processes of other pools.
  void OnExit(const Uuid& id, const std::string& reason);

  const std::string& name() const { return spec_.name; }

 private:
  static constexpr BackoffLimits kRestartDelays{.first = absl::Milliseconds(200),
                                                .max = absl::Seconds(30)};

  // A process that the pool keeps running.
  struct Place {
    Uuid instance;
    bool is_running = false;
    absl::Time started_at;
    // The delay before the next start.
    Backoff backoff{kRestartDelays};
  };

  void Launch(std::size_t place);
  void PlanNext(std::size_t place, const std::string& reason);
  std::string OutputPath(std::size_t place) const;

  const PoolSpec spec_;
  const PoolDependencies dependencies_;
  std::vector<Place> places_;
  bool is_stopping_ = false;
};

}  // namespace orrery::executors
