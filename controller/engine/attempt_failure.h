// An attempt that ended without its node's outcome, and how it is described to people.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "controller/engine/ids.h"
#include "controller/engine/outcome.h"

namespace orrery::engine {

struct AttemptFailure {
  AttemptId attempt;
  std::string worker;
  std::string host;
  std::string message;
  OutputTail output;
  absl::Time at;
  // Its worker died; it may still return with an outcome. Otherwise this was its outcome.
  bool is_lost = false;
};

// ": killed by SIGSEGV", to be put after who ended; empty if nobody saw it.
std::string DescribeEnd(const WorkerEnd& end);
// "the worker was lost while it ran: killed by SIGSEGV"
std::string DescribeLoss(const WorkerEnd& end);

// The latest attempts that are kept for the report.
inline constexpr std::size_t kAttemptFailuresMax = 16;

inline void AddFailure(AttemptFailure failure, std::vector<AttemptFailure>& attempts) {
  if (attempts.size() == kAttemptFailuresMax) attempts.erase(attempts.begin());
  attempts.push_back(std::move(failure));
}

}  // namespace orrery::engine
