#include "bench/measure/gaps.h"

#include <cstdint>

#include "absl/time/clock.h"
#include "base/check.h"

namespace orrery::bench {

Gaps::Gaps(absl::Duration min, absl::Duration max) : min_(min), max_(max), random_(1) {
  CHECK(min <= max);
}

void Gaps::WaitForNext() {
  const auto range = static_cast<std::uint64_t>(absl::ToInt64Microseconds(max_ - min_)) + 1;
  absl::SleepFor(min_ + absl::Microseconds(static_cast<double>(random_.Next() % range)));
}

}  // namespace orrery::bench
