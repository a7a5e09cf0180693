// Instants as people and programs read them.
//
// Threading: functions without state.
#pragma once

#include <string>

#include "absl/time/time.h"

namespace orrery {

// RFC 3339 in UTC, to the millisecond: "2026-11-27T03:33:06.680Z".
std::string FormatInstant(absl::Time time);

}  // namespace orrery
