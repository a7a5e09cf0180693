// How long to wait before connecting again: doubling from 100 ms to 10 s, with jitter, so that many
// workers who lost the same controller do not come back in step.
//
// Threading: thread-compatible.
#pragma once

#include "absl/time/time.h"
#include "base/random.h"

namespace orrery {

inline constexpr absl::Duration kBackoffMin = absl::Milliseconds(100);
inline constexpr absl::Duration kBackoffMax = absl::Seconds(10);

class Backoff {
 public:
  // `random` outlives this.
  explicit Backoff(Random& random) : random_(random) {}

  // Between half the current step and all of it; the next step is twice as long.
  absl::Duration Next();
  // A connection worked: begin anew.
  void Reset() { step_ = kBackoffMin; }

 private:
  Random& random_;
  absl::Duration step_ = kBackoffMin;
};

}  // namespace orrery
