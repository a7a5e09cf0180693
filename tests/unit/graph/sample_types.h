// Types that many tests of graphs need.
#pragma once

#include "graph/type.h"

namespace orrery::graph {

inline const Type kInt = SimpleType(TypeKind::kInt);
inline const Type kFloat = SimpleType(TypeKind::kFloat);
inline const Type kBool = SimpleType(TypeKind::kBool);
inline const Type kStr = SimpleType(TypeKind::kStr);
inline const Type kNone = SimpleType(TypeKind::kNone);
inline const Type kComplex = SimpleType(TypeKind::kComplex);
inline const Type kArray = OpaqueType("numpy.ndarray");

}  // namespace orrery::graph
