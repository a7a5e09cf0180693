// The workflows of the benchmarks, with their expected outputs.
//
// Threading: functions without state.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "bench/client/job.h"

namespace orrery::bench {

// The body of a map.
enum class Element { kNoop, kCounted, kNap, kRunProgram, kHold };

struct MapOptions {
  Element element = Element::kNoop;
  std::int64_t count = 0;
  double nap_seconds = 0;
  std::string gate;
};

// A task for each of 0, 1, ... count - 1, and the sum of their results.
absl::StatusOr<Job> MapJob(const MapOptions& options);

// Same as MapJob with explicit nodes: one output each, which the client sums.
absl::StatusOr<Job> ExplicitJob(std::int64_t count);

// A loop of `count` iterations, with a task in each.
absl::StatusOr<Job> WorkerLoopJob(std::int64_t count);

// Same as WorkerLoopJob, with builtins only.
absl::StatusOr<Job> BuiltinLoopJob(std::int64_t count);

struct StencilOptions {
  std::int64_t width = 0;
  std::int64_t depth = 0;
};

// Layers of tasks. Each task gets the results of three neighbors in the layer before.
absl::StatusOr<Job> StencilJob(const StencilOptions& options);

// Three tasks one after the other, from `x`.
absl::StatusOr<Job> ThreeStepsJob(std::int64_t x);

// One task.
absl::StatusOr<Job> SingleJob(std::int64_t x);

struct ValuesOptions {
  std::int64_t count = 0;
  std::int64_t bytes = 0;
  // Makes the values of different runs different.
  std::int64_t seed = 0;
};

// `count` values, each made by one task and read by another.
absl::StatusOr<Job> ValuesJob(const ValuesOptions& options);

// One value that three tasks read, one after the other.
absl::StatusOr<Job> HandOverJob(const ValuesOptions& options);

// One task that no worker offers, and `count` nodes that wait for it.
absl::StatusOr<Job> BlockedJob(std::int64_t count);

}  // namespace orrery::bench
