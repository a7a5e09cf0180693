// Reads the values that steer a node: the graph that an eval, loop or map runs, and the bool that
// ends a loop or chooses the branch of an if-else.
//
// Threading: functions without state.
#pragma once

#include <variant>

#include "absl/status/statusor.h"
#include "controller/engine/graph_cache.h"
#include "controller/engine/workflow/frame.h"
#include "controller/engine/workflow/input_reader.h"
#include "controller/engine/workflow/work_meter.h"
#include "graph/graph.h"
#include "graph/value.h"
#include "model/outcome.h"

namespace orrery::engine {

// Returns the graph that an eval, loop or map runs, or the bytes to load first. Requires that its
// steering port is available. `loaded` has the bytes that were loaded for the node; it may be null.
// Adds the work of reading it to `work`.
// Errors: kInvalidArgument: the value is absent or not a graph. kResourceExhausted: it is too
// large.
absl::StatusOr<std::variant<Body, MissingBytes>> ReadBody(const Frame& frame, NodeIndex node,
                                                          const LoadedBytes* loaded,
                                                          GraphCache& graphs, WorkMeter& work);

// Returns the bool. Errors: kInvalidArgument: the value is absent or of another type. The message
// has no subject, such as "is absent": the caller knows the name of the value.
absl::StatusOr<bool> ReadBool(const graph::ValuePtr& value);

// Returns the port that an if-else needs next: its predicate until that is available, then the
// branch. Errors: kInvalidArgument: the predicate is not a bool.
absl::StatusOr<PortIndex> NextOfIfElse(const Frame& frame, NodeIndex node);

// Returns the graph as a value, with `inputs` as fixed inputs.
graph::ValuePtr FixInputs(const graph::Graph& graph, const model::Outputs& inputs);

}  // namespace orrery::engine
