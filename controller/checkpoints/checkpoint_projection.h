// Projects the controller's events to items of the checkpoint tree.
//
// Threading: functions without state. An event is converted on the tree's thread: what it points to
// does not change.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/uuid.h"
#include "controller/checkpoints/checkpoint_entry.h"
#include "controller/engine/compiled_graph.h"
#include "controller/runtime/checkpoint_sink.h"
#include "graph/location.h"

namespace orrery::checkpoints {

// Returns the workflow of an event.
const Uuid& WorkflowOf(const runtime::CheckpointEvent& event);

// Returns the approximate memory of a queued event, in bytes.
std::size_t CostOf(const runtime::CheckpointEvent& event);

// Returns the items of an event, possibly none, in the order in which they are to be written.
std::vector<CheckpointItem> ToCheckpointItems(const runtime::CheckpointEvent& event);

// Returns the call arguments of a function node (`definition`) as JSON, with paths relative to the
// root of the checkpoints. `location` is the location of the node.
std::string CallArguments(const Uuid& workflow, const graph::Location& location,
                          const engine::CompiledGraph& graph, engine::NodeIndex node);

}  // namespace orrery::checkpoints
