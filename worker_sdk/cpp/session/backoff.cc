#include "worker_sdk/cpp/session/backoff.h"

#include <algorithm>
#include <cstdint>
#include <limits>

namespace orrery {

absl::Duration Backoff::Next() {
  const double share = static_cast<double>(random_.Next()) /
                       static_cast<double>(std::numeric_limits<std::uint64_t>::max());
  const absl::Duration wait = step_ * (0.5 + share / 2);
  step_ = std::min(step_ * 2, kBackoffMax);
  return wait;
}

}  // namespace orrery
