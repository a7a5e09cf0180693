// What must hold of every graph, however it came in.
//
// Threading: functions without state.
#pragma once

#include "graph/graph.h"
#include "graph/task.h"

namespace orrery::fuzz {

// A worker "any" whose tasks have ports of every kind of type, type variables among them: what two
// ports share, one port needs, or nobody fixes.
const graph::Catalog& AnyCatalog();

// Checks the graph against AnyCatalog(), twice to the same end. What the checker accepts compiles.
void CheckGraphAlways(const graph::Graph& graph);

// What is written as GraphData reads back as what was written.
void CheckGraphDataAlways(const graph::Graph& graph);

}  // namespace orrery::fuzz
