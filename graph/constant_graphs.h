// The graphs that stand as constants inside a graph: the bodies of its evals, loops and maps, and
// those it hands on as values.
//
// Threading: functions without state.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <string>

#include "graph/graph.h"

namespace orrery::graph {

// By the index of the const node. A constant counts if it says that it is a graph or is run as one;
// what is a blob, or no graph after all, is left out.
std::map<std::size_t, Graph> ConstantGraphs(const Graph& graph);

// Calls `visit` with the graph and then with every graph nested in it, depth first, and where it
// stands: "-", "-.N3", "-.N3.N0".
void VisitGraphs(const Graph& graph,
                 const std::function<void(const Graph& graph, const std::string& location)>& visit);

}  // namespace orrery::graph
