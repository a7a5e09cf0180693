// The type of a value that comes from one of two places.
//
// Threading: functions without state.
#pragma once

#include "graph/type.h"

namespace orrery::graph {

// Returns the wider type if one is a subtype of the other (int and float give float); else a union.
// Unknown with any type is unknown. Returns `a` itself if `b` adds nothing. The result is Bounded.
Type Join(const Type& a, const Type& b);

// Returns `type`, or unknown if it is larger than kLimits.type_nodes. Otherwise a chain of
// calls that each double their argument's type would exhaust the memory.
Type Bounded(Type type);

}  // namespace orrery::graph
