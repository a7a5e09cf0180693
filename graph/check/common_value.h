// Finds out whether one value can fit two ports.
//
// Threading: functions without state.
#pragma once

#include "graph/task.h"

namespace orrery::graph {

// Returns false if both ports list their formats, and have none in common.
bool HaveCommonFormat(const PortSpec& a, const PortSpec& b);

// Returns true if some value, in some format, fits both ports. In doubt, returns true: an empty
// list is a list of anything, an int is a float, and variables stand for any type.
bool HaveCommonValue(const PortSpec& a, const PortSpec& b);

}  // namespace orrery::graph
