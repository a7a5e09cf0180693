// Invariants of every graph, whatever its source.
//
// Threading: functions without state.
#pragma once

#include "graph/graph.h"
#include "graph/task.h"

namespace orrery::fuzz {

// A worker "any" whose tasks have ports of every kind of type, type variables among them: what two
// ports share, one port needs, or nobody fixes.
const graph::Catalog& AnyCatalog();

// Checks that CheckGraph with AnyCatalog() is deterministic, and that an accepted graph compiles.
void CheckGraphAlways(const graph::Graph& graph);

// Checks that the graph is the same after it is written as GraphData and read again.
void CheckGraphDataAlways(const graph::Graph& graph);

}  // namespace orrery::fuzz
