#include "graph/graph.h"

#include "base/overload.h"

namespace orrery::graph {

std::string_view KindName(const NodeKind& kind) {
  return std::visit(Overload{
                        [](const InputNode&) { return "input"; },
                        [](const ConstNode&) { return "const"; },
                        [](const OutputNode&) { return "output"; },
                        [](const FunctionNode&) { return "function"; },
                        [](const EvalNode&) { return "eval"; },
                        [](const LoopNode&) { return "loop"; },
                        [](const MapNode&) { return "map"; },
                        [](const IfElseNode& node) { return node.is_eager ? "eifelse" : "ifelse"; },
                    },
                    kind);
}

std::vector<NodeInput> ReferencesOf(const Node& node) {
  std::vector<NodeInput> references;
  ForEachReference(node, [&](std::string_view role, const PortRef& source) {
    references.push_back({std::string(role), source});
  });
  return references;
}

const PortRef* BodyOf(const NodeKind& kind) {
  if (const auto* eval = std::get_if<EvalNode>(&kind)) return &eval->graph;
  if (const auto* loop = std::get_if<LoopNode>(&kind)) return &loop->body;
  if (const auto* map = std::get_if<MapNode>(&kind)) return &map->body;
  return nullptr;
}

bool IsMappedPort(std::string_view port) {
  return port == kMappedPort || port.ends_with(kMappedSuffix);
}

std::vector<std::string> InputNames(const Graph& graph) {
  std::vector<std::string> names;
  for (const Node& node : graph.nodes) {
    if (const auto* input = std::get_if<InputNode>(&node.kind)) names.push_back(input->name);
  }
  return names;
}

std::vector<std::string> OutputNames(const Graph& graph) {
  std::vector<std::string> names;
  for (const Node& node : graph.nodes) {
    if (!std::holds_alternative<OutputNode>(node.kind)) continue;
    for (const NodeInput& input : node.inputs) names.push_back(input.name);
  }
  return names;
}

}  // namespace orrery::graph
