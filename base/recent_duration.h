// A moving average of durations; the latest one has a weight of one eighth.
//
// Threading: thread-compatible.
#pragma once

#include <cstdint>
#include <optional>

#include "absl/time/time.h"

namespace orrery {

class RecentDuration {
 public:
  void Observe(absl::Duration took) {
    average_ = average_.has_value() ? *average_ + (took - *average_) / kShare : took;
  }
  // Nullopt before the first duration.
  const std::optional<absl::Duration>& average() const { return average_; }

 private:
  static constexpr std::int64_t kShare = 8;

  std::optional<absl::Duration> average_;
};

}  // namespace orrery
