// Builtins with the result type `int | float`, whose result is an int if all their arguments are
// ints.
//
// A signature cannot express this; without it, the sum of two ints would not fit a count.
//
// Threading: functions without state.
#pragma once

#include <string_view>

#include "graph/check/flow_table.h"

namespace orrery::graph {

// Returns true if the call gives ints, or lists of ints, where its signature says `int | float`.
bool GivesIntegers(std::string_view function_name, const Ports& arguments);

// Returns `outputs` with int in place of `int | float`.
const Ports* WithIntegers(FlowTable& flows, const Ports& outputs);

}  // namespace orrery::graph
