// How Python compares: numbers exactly whatever their kinds, everything else by kind.
//
// Threading: functions without state.
#pragma once

#include <compare>

#include "graph/datum.h"

namespace orrery::graph::internal {

// An int, a bool or a float.
bool IsReal(const Datum& datum);

// Unordered if one is NaN; no digit of an int is lost on the way. Requires IsReal of both.
std::partial_ordering CompareReals(const Datum& a, const Datum& b);

// a == b: 1, 1.0, true and the complex 1 are equal; objects are, whatever the order of their
// fields.
bool PythonEquals(const Datum& a, const Datum& b);

}  // namespace orrery::graph::internal
