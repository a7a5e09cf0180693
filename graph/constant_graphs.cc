#include "graph/constant_graphs.h"

#include <set>
#include <utility>

#include "absl/status/statusor.h"
#include "graph/graph_data.h"
#include <fmt/format.h>

namespace orrery::graph {
namespace {

using Visit = std::function<void(const Graph&, const std::string&)>;

// Returns the nodes whose values run as graphs.
std::set<std::int32_t> BodiesOf(const Graph& graph) {
  std::set<std::int32_t> bodies;
  for (const Node& node : graph.nodes) {
    if (const PortRef* body = BodyOf(node.kind)) bodies.insert(body->node);
  }
  return bodies;
}

void VisitAt(const Graph& graph, const std::string& location, const Visit& visit) {
  visit(graph, location);
  for (const auto& [index, nested] : ConstantGraphs(graph)) {
    VisitAt(nested, fmt::format("{}.N{}", location, index), visit);
  }
}

}  // namespace

std::map<std::size_t, Graph> ConstantGraphs(const Graph& graph) {
  const std::set<std::int32_t> bodies = BodiesOf(graph);
  std::map<std::size_t, Graph> nested;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const auto* constant = std::get_if<ConstNode>(&graph.nodes[i].kind);
    if (constant == nullptr || !constant->value.is_inline()) continue;
    const bool is_graph =
        constant->value.type_name == "graph" || bodies.contains(static_cast<std::int32_t>(i));
    if (!is_graph) continue;
    absl::StatusOr<Graph> parsed = ParseGraphData(constant->value.bytes());
    if (parsed.ok()) nested.emplace(i, *std::move(parsed));
  }
  return nested;
}

void VisitGraphs(const Graph& graph, const Visit& visit) { VisitAt(graph, "-", visit); }

}  // namespace orrery::graph
