// Which workflow a record is about.
//
// Threading: functions without state.
#pragma once

#include <optional>

#include "controller/engine/ids.h"
#include "controller/engine/record.h"

namespace orrery::journal {

// Nothing: it is about none.
std::optional<engine::WorkflowNumber> WorkflowOf(const engine::Record& record);

}  // namespace orrery::journal
