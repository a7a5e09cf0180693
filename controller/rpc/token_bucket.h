// A token bucket: limits a rate on average, and permits bursts.
//
// Threading: thread-compatible.
#pragma once

#include "absl/time/time.h"

namespace orrery::rpc {

class TokenBucket {
 public:
  // Starts full.
  TokenBucket(double per_second, double burst)
      : per_second_(per_second), burst_(burst), left_(burst) {}

  // Returns true, and spends `amount`, if the bucket has as much at `now`.
  bool Spend(absl::Time now, double amount);
  // Returns the duration after which the bucket has `amount`, which is at most the burst; zero if
  // it has as much.
  absl::Duration TimeUntil(absl::Time now, double amount) const;
  bool IsFull(absl::Time now) const { return LeftAt(now) >= burst_; }

 private:
  double LeftAt(absl::Time now) const;

  double per_second_;
  double burst_;
  double left_;  // At `filled_at_`.
  absl::Time filled_at_ = absl::InfinitePast();
};

}  // namespace orrery::rpc
