// The delays between retries: each is twice the one before it, up to a limit.
//
// Threading: a value type.
#pragma once

#include "absl/time/time.h"
#include "base/random.h"

namespace orrery {

struct BackoffLimits {
  absl::Duration first;
  absl::Duration max;
};

class Backoff {
 public:
  explicit Backoff(BackoffLimits limits) : limits_(limits), next_(limits.first) {}

  // Returns the delay before the next retry.
  absl::Duration Next();
  // Returns between half of Next() and all of it, at random, so that clients that failed together
  // do not retry together.
  absl::Duration NextWithJitter(Random& random);
  // Starts again with the first delay. Call it after a success.
  void Reset() { next_ = limits_.first; }

 private:
  BackoffLimits limits_;
  absl::Duration next_;
};

}  // namespace orrery
