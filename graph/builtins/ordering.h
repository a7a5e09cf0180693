// Python's comparisons: numbers of different kinds are compared exactly, other values by kind.
//
// Threading: functions without state.
#pragma once

#include <compare>

#include "graph/datum.h"

namespace orrery::graph::internal {

// Returns true for an int, a bool or a float.
bool IsReal(const Datum& datum);

// Returns unordered if one number is NaN. Compares ints without loss of digits. Requires: IsReal of
// both.
std::partial_ordering CompareReals(const Datum& a, const Datum& b);

// Returns a == b in Python: 1, 1.0, true and the complex 1 are equal; the order of fields of
// objects does not matter.
bool PythonEquals(const Datum& a, const Datum& b);

}  // namespace orrery::graph::internal
