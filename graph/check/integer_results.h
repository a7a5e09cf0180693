// Builtins whose result is `int | float` because it is an int if everything it is made from is.
//
// A signature cannot say that, and without it the sum of two ints would not fit a count.
//
// Threading: functions without state.
#pragma once

#include <string_view>

#include "graph/check/flow_table.h"

namespace orrery::graph {

// Whether the call gives ints, or lists of ints, wherever its signature says `int | float`.
bool GivesIntegers(std::string_view function_name, const Ports& arguments);

// `outputs` with int in the place of `int | float`.
const Ports* WithIntegers(FlowTable& flows, const Ports& outputs);

}  // namespace orrery::graph
