// Counts of a graph.
//
// Threading: functions without state.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "graph/graph.h"

namespace orrery::graph {

struct GraphSummary {
  // Includes the nodes of nested graphs.
  std::size_t node_count = 0;
  // By the names of GraphData JSON. Kinds without nodes are absent.
  std::map<std::string, std::size_t> node_counts_by_kind;
  // The number of calls of each "worker.task".
  std::map<std::string, std::size_t> call_counts_by_task;
  // The named loops, nested ones included, in graph order.
  std::vector<std::string> loops;
  std::vector<std::string> inputs;
  std::vector<std::string> fixed_inputs;
  std::vector<std::string> outputs;
  // 1 if there are no nested graphs.
  std::size_t depth = 1;
};

GraphSummary Summarize(const Graph& graph);

}  // namespace orrery::graph
