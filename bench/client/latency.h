// Measures the latency of many small workflows.
//
// Threading: functions without state.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "nlohmann/json.hpp"

namespace orrery::bench {

struct StepsOptions {
  std::int64_t count = 0;
  // Each client has its own thread and connection.
  std::int64_t clients = 1;
};

// Runs workflows of three steps, one after the other for each client. Returns the duration of each,
// and of all together.
absl::StatusOr<nlohmann::json> MeasureSteps(const std::string& address,
                                            const StepsOptions& options);

struct IdleOptions {
  std::int64_t count = 0;
  absl::Duration gap_min;
  absl::Duration gap_max;
};

// Runs single tasks, each after an idle gap.
absl::StatusOr<nlohmann::json> MeasureIdle(const std::string& address, const IdleOptions& options);

struct StartOptions {
  std::string daemon;
  std::string root;
  // The registry folder with bench_worker as a pool; empty: measures only until the first response.
  std::string registry;
};

// Starts and stops a controller. Returns the durations until its first response and until the
// result of a task.
absl::StatusOr<nlohmann::json> MeasureStart(const StartOptions& options);

}  // namespace orrery::bench
