// The tasks of the benchmarks. They do as little as possible, so that the system is measured.
//
// Threading: thread-safe.
#pragma once

#include <cstdint>
#include <string>

#include "bench/measure/blend.h"
#include "bench/measure/time_log.h"
#include "graph/datum.h"
#include "worker_sdk/cpp/task_context.h"

namespace orrery::bench {

class Tasks {
 public:
  // `log` outlives this.
  explicit Tasks(const TimeLog& log) : log_(log) {}

  std::int64_t Noop(std::int64_t x) const { return x; }
  // Same as Noop, but logged, as a negative number.
  std::int64_t Counted(std::int64_t x) const;
  std::int64_t Step(std::int64_t x) const;
  std::int64_t Blend(std::int64_t a, std::int64_t b, std::int64_t c) const {
    return bench::Blend(a, b, c);
  }

  graph::Bytes Make(std::int64_t size, std::int64_t seed) const;
  // Returns the sum of the value's length and its first byte; logged. `after` only creates an
  // order.
  std::int64_t Inspect(const graph::SharedBytes& value, std::int64_t after) const;

  std::int64_t Nap(TaskContext& context, std::int64_t x, double seconds) const;
  // Runs until the file exists; logged.
  std::int64_t Hold(TaskContext& context, std::int64_t x, const std::string& gate) const;
  // Runs a program that does nothing: a task as a process.
  std::int64_t RunProgram(std::int64_t x) const;

 private:
  const TimeLog& log_;
};

}  // namespace orrery::bench
