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

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "graph/graph.h"

namespace orrery::graph {

// Checks the structure only; the checker finds missing references and ports.
//
// Errors: kInvalidArgument, naming the node, the field and the value found.
absl::StatusOr<Graph> ParseGraphData(std::string_view json);

std::string WriteGraphData(const Graph& graph);

// The last consumer of each port of a node, in the order of the first consumers. Graphs that eval,
// loop and map run do not count as consumed, as in Tierkreis.
using Consumers = std::vector<std::pair<std::string, std::size_t>>;

// Returns the consumers of every node.
std::vector<Consumers> ConsumersOf(const Graph& graph);

// Returns one node in the form of the checkpoint tree's `nodedef`.
std::string WriteNodeDef(const Node& node, const Consumers& consumers);

}  // namespace orrery::graph
