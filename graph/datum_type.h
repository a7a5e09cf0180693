// The type that a decoded value has by itself.
//
// Threading: functions without state.
#pragma once

#include "graph/datum.h"
#include "graph/type.h"

namespace orrery::graph {

// A List is a list, of a union if its elements differ; an Object is a struct without a name. What
// cannot be told (the element of an empty list, or too many different ones) is unknown.
Type TypeOfDatum(const Datum& datum);

}  // namespace orrery::graph
