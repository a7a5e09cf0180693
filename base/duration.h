// Durations as operators write them: "30d", "12h", "90m", "45s", "2w".
//
// Threading: functions without state.
#pragma once

#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace orrery {

// Parses a whole number and a unit: s, m, h, d or w.
//
// Errors: kInvalidArgument if `text` has another form.
absl::StatusOr<absl::Duration> ParseDuration(std::string_view text);

}  // namespace orrery
