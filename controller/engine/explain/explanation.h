// Why a workflow, or a node of it, stands where it stands.
#pragma once

#include "base/limit.h"
#include "controller/engine/reuse/history.h"
#include "graph/location.h"
#include "model/explanation.h"

namespace orrery::engine {

inline constexpr Limit kExplainedNodes{.name = "explained_nodes",
                                       .max = 100,
                                       .unit = LimitUnit::kCount,
                                       .of = "open nodes that one explanation lists",
                                       .beyond = "the explanation says that there are more"};

// Adds what the journal has about the node at the location: who ended it, and what went before.
void Complete(const History& history, const graph::Location& location,
              model::Explanation& explanation);

}  // namespace orrery::engine
