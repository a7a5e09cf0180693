// The interface to the time. Tests and the simulation replace it.
#pragma once

#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace orrery {

class Clock {
 public:
  virtual ~Clock() = default;

  virtual absl::Time Now() const = 0;
};

// The system's wall clock. Thread-safe.
class SystemClock : public Clock {
 public:
  absl::Time Now() const override { return absl::Now(); }
};

}  // namespace orrery
