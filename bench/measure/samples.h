// Measured durations and their summary.
//
// Threading: thread-compatible.
#pragma once

#include <cstddef>
#include <vector>

#include "absl/time/time.h"
#include "nlohmann/json.hpp"

namespace orrery::bench {

// Returns a monotonic time, the same in all processes of a machine.
absl::Duration Elapsed();

class Samples {
 public:
  void Add(absl::Duration duration) { durations_.push_back(duration); }
  void AddAll(const Samples& other);

  std::size_t count() const { return durations_.size(); }
  // Returns the duration that a `share`, from 0 to 1, of the samples do not exceed. Requires: at
  // least one sample.
  absl::Duration Quantile(double share) const;
  absl::Duration Mean() const;

  // Returns {"count", "mean_us", "p50_us", "p99_us", "max_us"}.
  nlohmann::json Summary() const;

 private:
  std::vector<absl::Duration> durations_;
};

}  // namespace orrery::bench
