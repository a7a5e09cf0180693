// Errors of requests that change something and had no answer: whether the controller carried them
// out is unknown.
//
// Threading: functions without state.
#pragma once

#include <string_view>

#include "absl/status/status.h"

namespace orrery::client {

// Returns `status` with "WHAT may have been done; LOOK" in front of its message, for
// IsOutcomeUnknown. Requires: an error.
absl::Status OutcomeUnknown(const absl::Status& status, std::string_view what,
                            std::string_view look);

bool IsOutcomeUnknown(const absl::Status& status);

}  // namespace orrery::client
