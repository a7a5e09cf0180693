#include "base/backoff.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <utility>

namespace orrery {

absl::Duration Backoff::Next() { return std::exchange(next_, std::min(next_ * 2, limits_.max)); }

absl::Duration Backoff::NextWithJitter(Random& random) {
  const double share = static_cast<double>(random.Next()) /
                       static_cast<double>(std::numeric_limits<std::uint64_t>::max());
  return Next() * (0.5 + share / 2);
}

}  // namespace orrery
