// Durations that were measured, and what is told of them.
//
// Threading: thread-compatible.
#pragma once

#include <cstddef>
#include <vector>

#include "absl/time/time.h"
#include "nlohmann/json.hpp"

namespace orrery::bench {

// Monotonic, and the same in all processes of a machine.
absl::Duration Elapsed();

class Samples {
 public:
  void Add(absl::Duration duration) { durations_.push_back(duration); }
  void AddAll(const Samples& other);

  std::size_t count() const { return durations_.size(); }
  // The duration that `share` of them, 0 to 1, do not exceed. Requires that there is one.
  absl::Duration Quantile(double share) const;
  absl::Duration Mean() const;

  // {"count", "mean_us", "p50_us", "p99_us", "max_us"}.
  nlohmann::json Summary() const;

 private:
  std::vector<absl::Duration> durations_;
};

}  // namespace orrery::bench
