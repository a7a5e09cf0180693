// Keeps a wanted number of worker processes running.
//
// A process that ends, for whatever reason, is followed by another one: 200 ms later, then 400 ms,
// up to 30 s. A process that ran for a minute was healthy; its successor waits 200 ms again. Each
// has an instance id of its own, by which the controller knows it.
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
  // Each process writes to `<log_directory>/<name>-<n>.log`, n from 1; empty: nowhere.
  std::string log_directory;
};

// References outlive the pool.
struct PoolSeams {
  LocalExecutor& executor;
  const Clock& clock;
  Random& random;
  // Calls the function after the delay, on the executor's thread, never before it returns; not any
  // more once the pool may have ended.
  std::function<void(absl::Duration, std::function<void()>)> run_after;
};

class WorkerPool {
 public:
  // ORRERY_INSTANCE_ID is added to the environment of each process.
  WorkerPool(PoolSpec spec, PoolSeams seams);

  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  void Start();
  // From here on nothing is started; what runs goes on.
  void StopStarting() { is_stopping_ = true; }
  // To be told of the end of every process; others' are ignored.
  void OnExit(const Uuid& id, const std::string& reason);

  const std::string& name() const { return spec_.name; }

 private:
  static constexpr BackoffLimits kRestartDelays{.first = absl::Milliseconds(200),
                                                .max = absl::Seconds(30)};

  // One of the processes that should be there.
  struct Place {
    Uuid instance;
    bool is_running = false;
    absl::Time started_at;
    // Before the process that comes next.
    Backoff backoff{kRestartDelays};
  };

  void Launch(std::size_t place);
  void PlanNext(std::size_t place, const std::string& reason);
  std::string OutputPath(std::size_t place) const;

  const PoolSpec spec_;
  const PoolSeams seams_;
  std::vector<Place> places_;
  bool is_stopping_ = false;
};

}  // namespace orrery::executors
