// Randomness of a simulation: all of it comes from one seed.
#pragma once

#include <cstdint>

#include "absl/time/time.h"
#include "base/random.h"

namespace orrery::simulation {

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : random_(seed) {}

  Random& random() { return random_; }
  // Returns a number in [0, bound). Requires: bound > 0.
  std::uint64_t Below(std::uint64_t bound) { return random_.Next() % bound; }
  std::int64_t Between(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(Below(static_cast<std::uint64_t>(high - low + 1)));
  }
  bool Chance(int percent) { return Below(100) < static_cast<std::uint64_t>(percent); }
  absl::Duration Within(absl::Duration low, absl::Duration high) {
    return absl::Microseconds(
        Between(absl::ToInt64Microseconds(low), absl::ToInt64Microseconds(high)));
  }

 private:
  SeededRandom random_;
};

}  // namespace orrery::simulation
