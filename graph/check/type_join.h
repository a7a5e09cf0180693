// The type of a value that comes from one of two places.
//
// Threading: functions without state.
#pragma once

#include "graph/type.h"

namespace orrery::graph {

// The wider of the two if one is a subtype of the other, so int and float make float; else a union.
// Unknown with anything is unknown. `a` itself if `b` adds nothing. The result is Bounded.
Type Join(const Type& a, const Type& b);

// `type`, or unknown if it is larger than kLimits.type_nodes_max: a chain of calls that each put
// their argument into a pair twice would otherwise fill the memory.
Type Bounded(Type type);

}  // namespace orrery::graph
