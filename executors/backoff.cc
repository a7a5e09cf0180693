#include "executors/backoff.h"

#include <algorithm>

namespace orrery::executors {

RestartPlan PlanRestart(int failures, absl::Duration ran_for, const BackoffOptions& options) {
  RestartPlan plan;
  plan.failures = ran_for >= options.healthy_after ? 1 : failures + 1;
  plan.delay = options.initial;
  for (int i = 1; i < plan.failures && plan.delay < options.max; ++i) plan.delay *= 2;
  plan.delay = std::min(plan.delay, options.max);
  return plan;
}

}  // namespace orrery::executors
