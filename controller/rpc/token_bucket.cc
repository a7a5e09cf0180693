#include "controller/rpc/token_bucket.h"

#include <algorithm>

namespace orrery::rpc {

double TokenBucket::LeftAt(absl::Time now) const {
  // The clock may have been set back.
  const absl::Duration passed = std::max(now - filled_at_, absl::ZeroDuration());
  return std::min(burst_, left_ + per_second_ * absl::ToDoubleSeconds(passed));
}

bool TokenBucket::Spend(absl::Time now, double amount) {
  left_ = LeftAt(now);
  filled_at_ = now;
  if (left_ < amount) return false;
  left_ -= amount;
  return true;
}

absl::Duration TokenBucket::TimeUntil(absl::Time now, double amount) const {
  return absl::Seconds(std::max(0.0, (amount - LeftAt(now)) / per_second_));
}

}  // namespace orrery::rpc
