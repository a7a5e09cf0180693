// What went wrong with a node that has not failed for it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "controller/engine/ids.h"
#include "controller/engine/outcome.h"

namespace orrery::engine {

// An attempt that ended without the node's outcome.
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

struct NodeTroubles {
  // Workers that died running it.
  std::uint32_t workers_lost = 0;
  // Workers that the kernel killed for their memory while they ran it.
  std::uint32_t out_of_memory = 0;
  // Attempts that ended with an error.
  std::uint32_t errors = 0;
  // Not to be tried again before.
  absl::Time retry_at = absl::InfinitePast();
  // Oldest first.
  std::vector<AttemptFailure> attempts;

  // Whether the attempt's outcome was one of the errors, lately.
  bool HasErrorOf(AttemptId attempt) const {
    return std::ranges::any_of(attempts, [&](const AttemptFailure& failure) {
      return failure.attempt == attempt && !failure.is_lost;
    });
  }
};

}  // namespace orrery::engine
