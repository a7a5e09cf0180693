// What went wrong with a node that has not failed for it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "controller/engine/ids.h"

namespace orrery::engine {

// An attempt that ended without the node's outcome.
struct AttemptFailure {
  AttemptId attempt;
  std::string worker;
  std::string host;
  std::string message;
  absl::Time at;
  // Its worker died; it may still return with an outcome. Otherwise this was its outcome.
  bool is_lost = false;
};

inline constexpr std::string_view kWorkerLost = "the worker was lost while it ran";

// The latest attempts that are kept for the report.
inline constexpr std::size_t kAttemptFailuresMax = 16;

inline void AddFailure(AttemptFailure failure, std::vector<AttemptFailure>& attempts) {
  if (attempts.size() == kAttemptFailuresMax) attempts.erase(attempts.begin());
  attempts.push_back(std::move(failure));
}

struct NodeTroubles {
  // Workers that died running it.
  std::uint32_t workers_lost = 0;
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
