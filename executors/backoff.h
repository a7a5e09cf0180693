// How long to wait before a process that ended is started again.
//
// Threading: functions without state.
#pragma once

#include "absl/time/time.h"

namespace orrery::executors {

struct BackoffOptions {
  // Before the first restart; each further one doubles it.
  absl::Duration initial = absl::Milliseconds(200);
  absl::Duration max = absl::Seconds(30);
  // Whoever ran for so long was well: counting begins anew.
  absl::Duration healthy_after = absl::Seconds(60);
};

struct RestartPlan {
  int failures = 0;  // In a row, with this one.
  absl::Duration delay;
};

// After a process that ran for `ran_for` has ended, `failures` having ended before it in a row.
RestartPlan PlanRestart(int failures, absl::Duration ran_for, const BackoffOptions& options);

}  // namespace orrery::executors
