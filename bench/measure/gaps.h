// Idle gaps, the same ones in every run.
//
// Threading: thread-compatible.
#pragma once

#include "absl/time/time.h"
#include "base/random.h"

namespace orrery::bench {

class Gaps {
 public:
  // Each gap is between `min` and `max`, in whole microseconds.
  Gaps(absl::Duration min, absl::Duration max);

  void WaitForNext();

 private:
  const absl::Duration min_;
  const absl::Duration max_;
  SeededRandom random_;
};

}  // namespace orrery::bench
