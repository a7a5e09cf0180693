// Graphs as proto messages.
//
// Threading: functions without state.
#pragma once

#include "absl/status/statusor.h"
#include "graph/graph.h"

namespace orrery::graph {

namespace v1 {
class Graph;
}  // namespace v1

// Requires: `message` is empty.
void ToProto(const Graph& graph, v1::Graph& message);

// Checks the structure only, as ParseGraphData does; the checker finds missing references and
// ports.
//
// Errors: kInvalidArgument, naming the node and field; kResourceExhausted beyond a limit of
// graph/limits.h.
absl::StatusOr<Graph> FromProto(const v1::Graph& message);

}  // namespace orrery::graph
