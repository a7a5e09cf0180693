// The builtins whose results are not a matter of arguments alone: what is asked of the outside.
//
// Threading: functions without state.
#pragma once

#include <cstdint>
#include <span>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "graph/datum.h"

namespace orrery::graph {

// Longer sleeps are refused: they are mistakes in the unit.
inline constexpr absl::Duration kSleepMax = absl::Hours(24 * 366);

// Both ends are possible results.
struct RandomRange {
  std::int64_t lo = 0;
  std::int64_t hi = 0;

  friend bool operator==(const RandomRange&, const RandomRange&) = default;
};

// For kRandomInteger; the output `value` is the int that is drawn. kInvalidArgument: an argument is
// no int or beyond int64, or lo > hi. Arguments as for BuiltinFunction.
absl::StatusOr<RandomRange> RandomRangeOf(std::span<const Datum* const> arguments);

// For kSleep; the output `value` is SleepOutput(). kInvalidArgument: the argument is no number,
// negative, NaN or beyond kSleepMax.
absl::StatusOr<absl::Duration> SleepDurationOf(std::span<const Datum* const> arguments);

inline Datum SleepOutput() { return true; }

}  // namespace orrery::graph
