// Reports on a store as text for users and as JSON for programs.
//
// Threading: functions without state.
#pragma once

#include <string>

#include "controller/maintenance/store_check.h"

namespace orrery::maintenance {

// Returns lines: the summary first, the verdict last.
std::string ToText(const StoreReport& report);

// Returns one object on one line, as described in docs/cli.md.
std::string ToJson(const StoreReport& report);

}  // namespace orrery::maintenance
