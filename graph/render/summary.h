// A graph in numbers.
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
  // Those of the graphs nested in it included.
  std::size_t node_count = 0;
  // By the names of GraphData JSON; what there is none of is absent.
  std::map<std::string, std::size_t> node_counts_by_kind;
  // How often each "worker.task" is called.
  std::map<std::string, std::size_t> call_counts_by_task;
  // Named ones, nested ones included, in the order they stand.
  std::vector<std::string> loops;
  std::vector<std::string> inputs;
  std::vector<std::string> fixed_inputs;
  std::vector<std::string> outputs;
  // 1: there is no graph in it.
  std::size_t depth = 1;
};

GraphSummary Summarize(const Graph& graph);

}  // namespace orrery::graph
