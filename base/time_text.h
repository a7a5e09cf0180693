// Times and durations as text: "2026-11-27T03:33:06.680Z"; "30d", "12h", "90m", "45s", "2w".
//
// Threading: functions without state.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace orrery {

// Formats `time` as RFC 3339 in UTC, to the millisecond.
std::string FormatTimestamp(absl::Time time);

// Parses a whole number and a unit: s, m, h, d or w.
//
// Errors: kInvalidArgument if `text` has another form.
absl::StatusOr<absl::Duration> ParseDuration(std::string_view text);

}  // namespace orrery
