// GraphData JSON: the interchange form of graphs, read from and written for Tierkreis 2.x.
//
//   {"nodes": [...], "fixed_inputs": {}, "graph_inputs": ["x"], "graph_output_idx": 7,
//    "named_nodes": {}}
//
// Every field is optional when a graph is read. The `outputs` of a node are ignored when read, and
// written as the last consumer of each port. A nested graph is the value of a const, an object of
// this same form; graph/constant_data.h describes constants that are not JSON.
//
// Threading: functions without state.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "graph/graph.h"

namespace orrery::graph {

// Checks the structure only; the checker finds missing references and ports.
//
// Errors: kInvalidArgument, naming the node, the field and the value found.
absl::StatusOr<Graph> ParseGraphData(std::string_view json);

std::string WriteGraphData(const Graph& graph);

// Returns one node in the form of the checkpoint tree's `nodedef`. `index` is its position in the
// graph, whose later nodes are searched for consumers.
std::string WriteNodeDef(const Graph& graph, std::size_t index);

}  // namespace orrery::graph
