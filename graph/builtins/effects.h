// The builtins whose results do not depend on their arguments alone: random numbers and sleeps.
//
// Threading: functions without state.
#pragma once

#include <cstdint>
#include <span>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/digest.h"
#include "base/limit.h"
#include "graph/datum.h"

namespace orrery::graph {

// A longer sleep is probably a mistake in the unit.
inline constexpr Limit kSleepTime{.name = "sleep_time",
                                  .max = 31'622'400'000,
                                  .unit = LimitUnit::kMilliseconds,
                                  .of = "`delay_seconds` of the builtin `tkr_sleep`",
                                  .beyond = "the node fails"};

// Both bounds are possible results.
struct RandomRange {
  std::int64_t lo = 0;
  std::int64_t hi = 0;

  friend bool operator==(const RandomRange&, const RandomRange&) = default;
};

// For kRandomInteger, whose output `value` is the drawn int. Arguments as for BuiltinFunction.
//
// Errors: kInvalidArgument if an argument is not an int or exceeds int64, or if lo > hi.
absl::StatusOr<RandomRange> RandomRangeOf(std::span<const Datum* const> arguments);

// Returns the number that the seed gives. Over all seeds each number of the range is equally
// likely.
std::int64_t DrawNumber(const Digest& seed, const RandomRange& range);

// For kSleep, whose output `value` is SleepOutput().
//
// Errors: kInvalidArgument if the argument is not a number, is negative or NaN, or exceeds
// kSleepTime.
absl::StatusOr<absl::Duration> SleepDurationOf(std::span<const Datum* const> arguments);

inline Datum SleepOutput() { return true; }

}  // namespace orrery::graph
