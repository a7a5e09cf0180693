// A graph as text for a terminal: one line for each node, nested graphs under their constants.
//
//   graph: 4 nodes; inputs value; outputs value
//     0  input     value
//     1  const     graph: 2 nodes; inputs x; outputs y
//        │  0  input     x
//        │  1  output    y=0.x
//     2  map       body=1.value  x=0.* each
//     3  output    value=2.*
//
// Threading: functions without state.
#pragma once

#include <string>

#include "graph/graph.h"

namespace orrery::graph {

enum class TextColor { kNone, kAnsi };

// Accepts incorrect graphs: marks invalid references.
std::string TextTree(const Graph& graph, TextColor color);

}  // namespace orrery::graph
