// Draws a graph in Graphviz's language: a shape and a color for each kind of node, boxes around
// graphs nested in constants, ports as labels of edges. A dashed edge carries a predicate or a
// body; a thick edge carries a list that a map splits into elements.
//
// Threading: functions without state.
#pragma once

#include <string>

#include "graph/graph.h"

namespace orrery::graph {

// Accepts incorrect graphs: a missing node that is referred to is drawn in red. The output is
// deterministic.
std::string ToDot(const Graph& graph);

}  // namespace orrery::graph
