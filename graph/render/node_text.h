// What a node is in a few words, for every picture of a graph.
//
// Threading: functions without state.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "graph/graph.h"

namespace orrery::graph {

// Its name or value: "scipy_worker.linspace", "[5, 10]", "<528 bytes of application/x-npy>",
// "countdown, while more". Empty if its kind says it all.
std::string NodeTitle(const Node& node, std::size_t characters_max);

// Why a reference of node `index` leads nowhere: "no such node", "not before it". Empty if it is
// right, or leads outside.
std::string_view ReferenceFlaw(const Graph& graph, std::size_t index, const PortRef& reference);

// Whether an input of a map is taken apart, one instance per element.
bool IsMappedInput(const Node& node, const NodeInput& input);

}  // namespace orrery::graph
