// The builtins by topic. Their descriptions tell what each does.
//
// Threading: functions without state.
#pragma once

#include <vector>

#include "graph/builtins/builtin.h"

namespace orrery::graph::internal {

std::vector<Builtin> NumberBuiltins();      // numbers.cc
std::vector<Builtin> ComparisonBuiltins();  // comparisons.cc
std::vector<Builtin> LogicBuiltins();       // logic.cc
std::vector<Builtin> ListBuiltins();        // lists.cc
std::vector<Builtin> TupleBuiltins();       // tuples.cc
std::vector<Builtin> StringBuiltins();      // strings.cc
std::vector<Builtin> ConversionBuiltins();  // conversion.cc
std::vector<Builtin> StatisticsBuiltins();  // statistics.cc
std::vector<Builtin> SpecialBuiltins();     // special.cc

}  // namespace orrery::graph::internal
