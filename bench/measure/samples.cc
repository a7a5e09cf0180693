#include "bench/measure/samples.h"

#include <algorithm>
#include <cmath>
#include <ctime>
#include <numeric>

#include "base/check.h"

namespace orrery::bench {

absl::Duration Elapsed() {
  timespec now{};
  CHECK(::clock_gettime(CLOCK_MONOTONIC, &now) == 0);
  return absl::DurationFromTimespec(now);
}

void Samples::AddAll(const Samples& other) {
  durations_.insert(durations_.end(), other.durations_.begin(), other.durations_.end());
}

absl::Duration Samples::Quantile(double share) const {
  CHECK(!durations_.empty());
  std::vector<absl::Duration> sorted = durations_;
  const auto rank =
      static_cast<std::ptrdiff_t>(std::ceil(share * static_cast<double>(sorted.size())) - 1);
  const auto place = sorted.begin() + std::max<std::ptrdiff_t>(rank, 0);
  std::ranges::nth_element(sorted, place);
  return *place;
}

absl::Duration Samples::Mean() const {
  CHECK(!durations_.empty());
  const absl::Duration sum =
      std::accumulate(durations_.begin(), durations_.end(), absl::ZeroDuration());
  return sum / static_cast<double>(durations_.size());
}

nlohmann::json Samples::Summary() const {
  return {{"count", count()},
          {"mean_us", absl::ToDoubleMicroseconds(Mean())},
          {"p50_us", absl::ToDoubleMicroseconds(Quantile(0.5))},
          {"p99_us", absl::ToDoubleMicroseconds(Quantile(0.99))},
          {"max_us", absl::ToDoubleMicroseconds(Quantile(1))}};
}

}  // namespace orrery::bench
