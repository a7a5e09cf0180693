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

// Into an empty message.
void ToProto(const Graph& graph, v1::Graph& message);

// Structure only, as ParseGraphData: whether references exist and ports fit is the checker's work.
// kInvalidArgument names the node and field; kResourceExhausted: a limit of graph/limits.h.
absl::StatusOr<Graph> FromProto(const v1::Graph& message);

}  // namespace orrery::graph
