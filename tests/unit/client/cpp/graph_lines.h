// A graph in lines that tests can compare at a glance.
#pragma once

#include <string>
#include <vector>

#include "client/cpp/builder.h"
#include "graph/graph.h"

namespace orrery::client {

// A node a line: "linspace(start=0.value, stop=1.value)", "const 5", "map of 3.value(x=2.*)",
// "ifelse(pred=0.value, if_true=1.value, if_false=2.value)", "output(a=2.value)". The nodes of a
// constant graph follow it, indented by two spaces a level.
std::vector<std::string> LinesOf(const graph::Graph& graph);

// The same of what a builder builds; its error, as the only line, if it refuses.
std::vector<std::string> BuildLines(GraphBuilder&& builder);

// The graph with what makes no difference made equal, in constant graphs too: its name, the order
// of inputs, and `x-*` as the only output of a map, which is `*` too.
graph::Graph Normalized(graph::Graph graph);

}  // namespace orrery::client
