// An attempt that failed or was lost, and the words that describe its end.
#pragma once

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "base/limit.h"
#include "model/attempt_id.h"
#include "model/outcome.h"
#include "model/worker.h"

namespace orrery::model {

struct AttemptFailure {
  AttemptId attempt;
  std::string worker;
  std::string host;
  std::string message;
  OutputTail output;
  absl::Time at;
  // The worker was lost, and may return with an outcome. Otherwise the attempt itself failed.
  bool is_lost = false;
};

// Returns ": killed by SIGSEGV", to follow the name of what ended; empty if the reason is unknown.
std::string DescribeEnd(const WorkerEnd& end);
// Returns "the worker was lost while it ran: killed by SIGSEGV".
std::string DescribeLoss(const WorkerEnd& end);

inline constexpr Limit kAttemptFailures{
    .name = "attempt_failures",
    .max = 16,
    .unit = LimitUnit::kCount,
    .of = "failed and lost attempts of a node that are kept for reports",
    .beyond = "the first of them are deleted"};

// Appends a failure, and removes the oldest if there are too many.
void AddFailure(AttemptFailure failure, std::vector<AttemptFailure>& attempts);

}  // namespace orrery::model
