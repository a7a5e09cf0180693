#include "graph/render/summary.h"

#include <algorithm>

#include "graph/constant_graphs.h"

namespace orrery::graph {

GraphSummary Summarize(const Graph& graph) {
  GraphSummary summary{.inputs = InputNames(graph), .outputs = OutputNames(graph)};
  for (const auto& [name, value] : graph.fixed_inputs) summary.fixed_inputs.push_back(name);
  VisitGraphs(graph, [&](const Graph& each, const std::string& location) {
    // "-" has a depth of one, "-.N3" of two.
    const auto steps = static_cast<std::size_t>(std::ranges::count(location, '.'));
    summary.depth = std::max(summary.depth, steps + 1);
    summary.node_count += each.nodes.size();
    for (const Node& node : each.nodes) {
      ++summary.node_counts_by_kind[std::string(KindName(node.kind))];
      if (const auto* function = std::get_if<FunctionNode>(&node.kind)) {
        ++summary.call_counts_by_task[function->function_name];
      }
      const auto* loop = std::get_if<LoopNode>(&node.kind);
      if (loop != nullptr && !loop->name.empty()) summary.loops.push_back(loop->name);
    }
  });
  return summary;
}

}  // namespace orrery::graph
