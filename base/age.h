// Ages as people write them: "30d", "12h", "90m", "45s", "2w".
//
// Threading: functions without state.
#pragma once

#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace orrery {

// kInvalidArgument: it is none.
absl::StatusOr<absl::Duration> ParseAge(std::string_view text);

}  // namespace orrery
