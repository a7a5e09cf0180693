#include "tests/unit/client/cpp/graph_lines.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "graph/graph_data.h"

namespace orrery::client {
namespace {

std::string TextOf(const graph::PortRef& ref) { return absl::StrCat(ref.node, ".", ref.port); }

std::optional<graph::Graph> GraphIn(const graph::NodeKind& kind) {
  const auto* constant = std::get_if<graph::ConstNode>(&kind);
  if (constant == nullptr || constant->value.type_name != "graph") return std::nullopt;
  absl::StatusOr<graph::Graph> graph = graph::ParseGraphData(constant->value.bytes());
  if (!graph.ok()) return std::nullopt;
  return *std::move(graph);
}

// Describes a node without its edges.
std::string HeadOf(const graph::NodeKind& kind) {
  const std::string name(graph::KindName(kind));
  if (const auto* function = std::get_if<graph::FunctionNode>(&kind))
    return function->function_name;
  if (const auto* eval = std::get_if<graph::EvalNode>(&kind)) {
    return absl::StrCat(name, " of ", TextOf(eval->graph));
  }
  if (const auto* map = std::get_if<graph::MapNode>(&kind)) {
    return absl::StrCat(name, " of ", TextOf(map->body));
  }
  if (const auto* loop = std::get_if<graph::LoopNode>(&kind)) {
    return absl::StrCat(name, " ", loop->name, " of ", TextOf(loop->body), " while ",
                        loop->continue_port);
  }
  return name;
}

std::string LineOf(const graph::Node& node) {
  if (const auto* input = std::get_if<graph::InputNode>(&node.kind)) {
    return absl::StrCat("input ", input->name);
  }
  if (const auto* constant = std::get_if<graph::ConstNode>(&node.kind)) {
    return absl::StrCat(
        "const ", GraphIn(node.kind).has_value() ? "graph" : std::string(constant->value.bytes()));
  }
  std::vector<std::string> inputs;
  const bool is_branch = std::holds_alternative<graph::IfElseNode>(node.kind);
  for (const auto& [name, source] : is_branch ? graph::ReferencesOf(node) : node.inputs) {
    inputs.push_back(absl::StrCat(name, "=", TextOf(source)));
  }
  return absl::StrCat(HeadOf(node.kind), "(", absl::StrJoin(inputs, ", "), ")");
}

void AppendLines(const graph::Graph& graph, const std::string& indent,
                 std::vector<std::string>& lines) {
  for (const graph::Node& node : graph.nodes) {
    lines.push_back(indent + LineOf(node));
    if (const auto body = GraphIn(node.kind)) AppendLines(*body, indent + "  ", lines);
  }
}

bool IsMapOfOneOutput(const graph::Graph& graph, const graph::Node& node) {
  const auto* map = std::get_if<graph::MapNode>(&node.kind);
  if (map == nullptr || map->body.node < 0) return false;
  const auto body = GraphIn(graph.nodes.at(static_cast<std::size_t>(map->body.node)).kind);
  return body.has_value() && graph::OutputNames(*body).size() == 1;
}

}  // namespace

std::vector<std::string> LinesOf(const graph::Graph& graph) {
  std::vector<std::string> lines;
  AppendLines(graph, "", lines);
  return lines;
}

std::vector<std::string> BuildLines(GraphBuilder&& builder) {
  const absl::StatusOr<graph::Graph> graph = std::move(builder).Build();
  if (!graph.ok()) return {graph.status().ToString()};
  return LinesOf(*graph);
}

graph::Graph Normalized(graph::Graph graph) {
  graph.name.clear();
  for (graph::Node& node : graph.nodes) {
    std::ranges::sort(node.inputs, {}, &graph::NodeInput::name);
    for (auto& [name, source] : node.inputs) {
      if (source.node < 0) continue;
      const graph::Node& origin = graph.nodes.at(static_cast<std::size_t>(source.node));
      if (IsMapOfOneOutput(graph, origin)) source.port = kElementsPort;
    }
    if (auto body = GraphIn(node.kind)) {
      std::get<graph::ConstNode>(node.kind).value =
          graph::JsonValue(graph::WriteGraphData(Normalized(*std::move(body))), "graph");
    }
  }
  return graph;
}

}  // namespace orrery::client
