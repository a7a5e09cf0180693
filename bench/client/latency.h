// Many small workflows, and how long each takes.
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
  // Each on a thread and a connection of its own.
  std::int64_t clients = 1;
};

// Workflows of three steps, one after the other for each client: what each took, and all together.
absl::StatusOr<nlohmann::json> MeasureSteps(const std::string& address,
                                            const StepsOptions& options);

struct IdleOptions {
  std::int64_t count = 0;
  absl::Duration gap_min;
  absl::Duration gap_max;
};

// Single tasks, each after a gap in which nothing happens.
absl::StatusOr<nlohmann::json> MeasureIdle(const std::string& address, const IdleOptions& options);

struct StartOptions {
  std::string daemon;
  std::string root;
  // Where bench_worker is a pool of workers; empty: only until the first call is answered.
  std::string registry;
};

// Starts a controller, and ends it: how long until it answered, and until a task had a result.
absl::StatusOr<nlohmann::json> MeasureStart(const StartOptions& options);

}  // namespace orrery::bench
