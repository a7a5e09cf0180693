// Simulated time: runs events in order of their times, and events of one time in order of addition.
//
// Threading: confined.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <utility>

#include "absl/time/time.h"
#include "base/clock.h"

namespace orrery::simulation {

class Schedule : public Clock {
 public:
  static inline const absl::Time kBeginning = absl::UnixEpoch() + absl::Hours(24 * 365 * 50);

  absl::Time Now() const override { return now_; }

  void After(absl::Duration delay, std::function<void()> event) {
    events_.emplace(std::pair(now_ + delay, next_++), std::move(event));
  }

  bool empty() const { return events_.empty(); }

  // Advances the time to the next event and runs it. Requires: !empty().
  void RunNext() {
    auto first = events_.extract(events_.begin());
    now_ = std::max(now_, first.key().first);
    first.mapped()();
  }

 private:
  absl::Time now_ = kBeginning;
  std::map<std::pair<absl::Time, std::uint64_t>, std::function<void()>> events_;
  std::uint64_t next_ = 0;
};

}  // namespace orrery::simulation
