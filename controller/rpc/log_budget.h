// Limits the log of one session to a rate of bytes, and counts what it discards.
//
// Threading: thread-compatible.
#pragma once

#include <cstddef>

#include "absl/time/time.h"
#include "controller/rpc/token_bucket.h"

namespace orrery::rpc {

class LogBudget {
 public:
  LogBudget(std::size_t bytes_per_second, std::size_t burst_bytes)
      : bytes_(static_cast<double>(bytes_per_second), static_cast<double>(burst_bytes)) {}

  // Returns true, and spends `bytes`, if they may be logged at `now`.
  bool Spend(absl::Time now, std::size_t bytes);

  // Returns the number of discarded entries since the last call.
  std::size_t TakeDropped();

 private:
  TokenBucket bytes_;
  std::size_t dropped_ = 0;
};

}  // namespace orrery::rpc
