// Why a workflow, or a node of it, stands where it stands.
#pragma once

#include "controller/engine/reuse/history.h"
#include "graph/location.h"
#include "model/explanation.h"

namespace orrery::engine {

// Nodes that one explanation names.
inline constexpr std::size_t kExplainedNodesMax = 100;

// Adds what the journal has about the node at the location: who ended it, and what went before.
void Complete(const History& history, const graph::Location& location,
              model::Explanation& explanation);

}  // namespace orrery::engine
