// Short descriptions of nodes, for all renderings of a graph.
//
// Threading: functions without state.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "graph/graph.h"

namespace orrery::graph {

// Returns the name or value: "scipy_worker.linspace", "[5, 10]", "<528 bytes of
// application/x-npy>", "countdown, while more". Empty if the kind says it all.
std::string NodeTitle(const Node& node, std::size_t characters_max);

// Returns the reason why a reference of node `index` is invalid: "no such node", "not before it".
// Returns an empty string if it is valid or refers to the outside.
std::string_view ReferenceFlaw(const Graph& graph, std::size_t index, const PortRef& reference);

// Returns true if a map runs its body once for each element of this input.
bool IsMappedInput(const Node& node, const NodeInput& input);

}  // namespace orrery::graph
