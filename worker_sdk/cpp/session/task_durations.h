// What attempts of each task took lately.
//
// Threading: thread-compatible.
#pragma once

#include <cstdint>
#include <map>

#include "absl/time/time.h"

namespace orrery {

class TaskDurations {
 public:
  void Observe(std::uint32_t task_index, absl::Duration took) {
    const auto [lately, is_first] = lately_.try_emplace(task_index, took);
    if (!is_first) lately->second += (took - lately->second) / kShare;
  }
  // Infinite before the first.
  absl::Duration Expect(std::uint32_t task_index) const {
    const auto lately = lately_.find(task_index);
    return lately == lately_.end() ? absl::InfiniteDuration() : lately->second;
  }

 private:
  // How much the last attempt counts: one part of so many.
  static constexpr std::int64_t kShare = 8;

  std::map<std::uint32_t, absl::Duration> lately_;
};

}  // namespace orrery
