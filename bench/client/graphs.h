// The workflows of the benchmarks, with what has to come of them.
//
// Threading: functions without state.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "bench/client/job.h"

namespace orrery::bench {

// What each element of a map runs.
enum class Element { kNoop, kCounted, kNap, kRunProgram, kHold };

struct MapOptions {
  Element element = Element::kNoop;
  std::int64_t count = 0;
  double nap_seconds = 0;
  std::string gate;
};

// A task for each of 0, 1, ... count - 1, and the sum of their results.
absl::StatusOr<Job> MapJob(const MapOptions& options);

// The same as nodes of their own: an output each, which the client sums.
absl::StatusOr<Job> ExplicitJob(std::int64_t count);

// `count` steps one after the other, each a task that takes the last one's result.
absl::StatusOr<Job> WorkerLoopJob(std::int64_t count);

// The same with builtins alone.
absl::StatusOr<Job> BuiltinLoopJob(std::int64_t count);

struct StencilOptions {
  std::int64_t width = 0;
  std::int64_t depth = 0;
};

// Layers of tasks, each of which takes the results of three neighbours in the layer before.
absl::StatusOr<Job> StencilJob(const StencilOptions& options);

// Three tasks one after the other, from `x`.
absl::StatusOr<Job> ThreeStepsJob(std::int64_t x);

// One task.
absl::StatusOr<Job> SingleJob(std::int64_t x);

struct ValuesOptions {
  std::int64_t count = 0;
  std::int64_t bytes = 0;
  // Keeps the values of different runs apart.
  std::int64_t seed = 0;
};

// `count` times a value goes from the task that makes it to one that looks at it.
absl::StatusOr<Job> ValuesJob(const ValuesOptions& options);

// One value that three tasks look at, one after the other.
absl::StatusOr<Job> HandOverJob(const ValuesOptions& options);

// One task that nobody runs, and `count` nodes that wait for it.
absl::StatusOr<Job> BlockedJob(std::int64_t count);

}  // namespace orrery::bench
