// Limits the log of one session: a token bucket over bytes.
//
// Threading: thread-compatible.
#pragma once

#include <cstddef>

#include "absl/time/time.h"

namespace orrery::rpc {

class LogBudget {
 public:
  // Starts full.
  LogBudget(std::size_t bytes_per_second, std::size_t burst_bytes)
      : bytes_per_second_(bytes_per_second), burst_bytes_(burst_bytes), available_(burst_bytes) {}

  // Returns true, and spends `bytes`, if they may be logged at `now`.
  bool Spend(absl::Time now, std::size_t bytes);

  // Returns the number of discarded entries since the last call.
  std::size_t TakeDropped();

 private:
  const std::size_t bytes_per_second_;
  const std::size_t burst_bytes_;
  std::size_t available_;
  absl::Time filled_at_ = absl::InfinitePast();
  std::size_t dropped_ = 0;
};

}  // namespace orrery::rpc
