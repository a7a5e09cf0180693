// A report on a store, for people and for programs.
//
// Threading: functions without state.
#pragma once

#include <string>

#include "controller/maintenance/store_check.h"

namespace orrery::maintenance {

// Lines, the summary first and the verdict last.
std::string ToText(const StoreReport& report);

// One object on one line, as docs/cli.md describes it.
std::string ToJson(const StoreReport& report);

}  // namespace orrery::maintenance
