// Finds the workflow that a record is about.
//
// Threading: functions without state.
#pragma once

#include <optional>

#include "controller/engine/ids.h"
#include "controller/engine/record.h"

namespace orrery::journal {

// Returns nullopt if the record is not about a workflow.
std::optional<engine::WorkflowNumber> WorkflowOf(const engine::Record& record);

}  // namespace orrery::journal
