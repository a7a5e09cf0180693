// Whether one value can go to two ports.
//
// Threading: functions without state.
#pragma once

#include "graph/task.h"

namespace orrery::graph {

// False if both say which formats they read, and share none.
bool HaveCommonFormat(const PortSpec& a, const PortSpec& b);

// Whether some value, in some format, fits both ports. In doubt it does: an empty list is a list of
// anything, an int is a float, and variables stand for any type.
bool HaveCommonValue(const PortSpec& a, const PortSpec& b);

}  // namespace orrery::graph
