#include "controller/rpc/log_budget.h"

#include <algorithm>
#include <utility>

namespace orrery::rpc {

bool LogBudget::Spend(absl::Time now, std::size_t bytes) {
  if (filled_at_ == absl::InfinitePast()) filled_at_ = now;
  if (const absl::Duration passed = now - filled_at_; passed > absl::ZeroDuration()) {
    // Beyond a minute the bucket is full whatever the rate, and the product stays small.
    const double seconds = std::min(absl::ToDoubleSeconds(passed), 60.0);
    const auto refill = static_cast<std::size_t>(seconds * static_cast<double>(bytes_per_second_));
    if (refill > 0) {
      available_ = std::min(burst_bytes_, available_ + refill);
      filled_at_ = now;
    }
  }
  if (bytes > available_) {
    ++dropped_;
    return false;
  }
  available_ -= bytes;
  return true;
}

std::size_t LogBudget::TakeDropped() { return std::exchange(dropped_, 0); }

}  // namespace orrery::rpc
