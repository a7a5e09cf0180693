// The graphs that are constants of a graph: the bodies of its evals, loops and maps, and graphs
// that it passes on as values.
//
// Threading: functions without state.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <string>

#include "graph/graph.h"

namespace orrery::graph {

// Returns the graphs by the index of the const node. Includes constants that have the type name of
// a graph and constants that run as bodies; leaves out blobs and invalid graphs.
std::map<std::size_t, Graph> ConstantGraphs(const Graph& graph);

// Calls `visit` with the graph, and then with every graph nested in it, depth first, with its
// location: "-", "-.N3", "-.N3.N0".
void VisitGraphs(const Graph& graph,
                 const std::function<void(const Graph& graph, const std::string& location)>& visit);

}  // namespace orrery::graph
