// GraphData JSON: the interchange form of graphs, read from and written for Tierkreis 2.x.
//
//   {"nodes": [...], "fixed_inputs": {}, "graph_inputs": ["x"], "graph_output_idx": 7,
//    "named_nodes": {}}
//
// Every field is optional on reading. A node's `outputs` is ignored on reading and written as the
// last consumer of each port. A nested graph is the value of a const, an object of this same form;
// for constants that JSON cannot say see graph/constant_data.h.
//
// Threading: functions without state.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "graph/graph.h"

namespace orrery::graph {

// kInvalidArgument names the node, the field and what was found instead. Structure only: whether
// references exist and ports fit is the checker's work.
absl::StatusOr<Graph> ParseGraphData(std::string_view json);

std::string WriteGraphData(const Graph& graph);

// One node as the checkpoint tree's `nodedef` shows it; `index` is its position in the graph, whose
// later nodes are searched for consumers.
std::string WriteNodeDef(const Graph& graph, std::size_t index);

}  // namespace orrery::graph
