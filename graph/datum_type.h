// The type of a decoded value.
//
// Threading: functions without state.
#pragma once

#include "graph/datum.h"
#include "graph/type.h"

namespace orrery::graph {

// A List is a list, of a union if its elements differ; an Object is a struct without a name. An
// element type is unknown if the list is empty or has too many different types.
Type TypeOfDatum(const Datum& datum);

}  // namespace orrery::graph
