// A graph in Graphviz's language, drawn so that it can be read: a shape and a colour per kind of
// node, graphs nested in constants as boxes around their nodes, ports written on the edges. What
// only decides or is run, a predicate or a body, comes by a dashed edge; what a map takes apart by
// a thick one.
//
// Threading: functions without state.
#pragma once

#include <string>

#include "graph/graph.h"

namespace orrery::graph {

// Any graph, however wrong: a node that is referred to but is not there is drawn in red. The same
// text for the same graph, always.
std::string ToDot(const Graph& graph);

}  // namespace orrery::graph
