#include "graph/check/definition.h"

#include <cstdint>
#include <functional>
#include <utility>
#include <variant>

#include "absl/status/statusor.h"
#include "graph/check/structure.h"
#include "graph/check/wording.h"
#include "graph/graph_data.h"
#include "graph/supply.h"
#include <fmt/format.h>

namespace orrery::graph {
namespace {

// One step stands for the work of one node.
constexpr std::size_t kBytesPerStep = 64;

bool IsInside(const Graph& graph, const PortRef& source) {
  return source.node >= 0 && static_cast<std::size_t>(source.node) < graph.nodes.size();
}

// Returns the nodes whose value runs as a graph.
std::vector<bool> FindBodies(const Graph& graph) {
  std::vector<bool> is_body(graph.nodes.size());
  for (const Node& node : graph.nodes) {
    const PortRef* body = BodyOf(node.kind);
    if (body != nullptr && IsInside(graph, *body))
      is_body[static_cast<std::size_t>(body->node)] = true;
  }
  return is_body;
}

std::set<std::size_t> FindPartialEvals(const Graph& graph) {
  std::set<std::size_t> evals;
  for (const Node& node : graph.nodes) {
    ForEachReference(node, [&](std::string_view, const PortRef& source) {
      if (source.port == kBodyPort && IsInside(graph, source)) {
        evals.insert(static_cast<std::size_t>(source.node));
      }
    });
  }
  return evals;
}

// References go backwards, so one pass from the end finds all nodes that the outputs need.
std::vector<bool> FindAlwaysRun(const Graph& graph) {
  std::vector<bool> is_run(graph.nodes.size());
  for (std::size_t i = graph.nodes.size(); i-- > 0;) {
    const Node& node = graph.nodes[i];
    if (std::holds_alternative<OutputNode>(node.kind)) is_run[i] = true;
    if (!is_run[i]) continue;
    const auto* choice = std::get_if<IfElseNode>(&node.kind);
    ForEachReference(node, [&](std::string_view role, const PortRef& source) {
      if (choice != nullptr && !choice->is_eager && role != "pred") return;
      if (IsInside(graph, source)) is_run[static_cast<std::size_t>(source.node)] = true;
    });
  }
  return is_run;
}

}  // namespace

GraphFace FaceOf(const Graph& graph) {
  GraphFace face;
  for (std::string& name : InputNames(graph)) {
    if (face.inputs.contains(name)) face.repeated_inputs.insert(name);
    face.inputs.insert(std::move(name));
  }
  for (const auto& [name, value] : graph.fixed_inputs) face.fixed_inputs.insert(name);
  for (const Node& node : graph.nodes) {
    if (!std::holds_alternative<OutputNode>(node.kind)) continue;
    for (const NodeInput& input : node.inputs) face.outputs.insert(input.name);
  }
  return face;
}

GraphDefinition& GraphDefinitions::AddRoot(const Graph& graph) {
  return definitions_.emplace_back(GraphDefinition{.location = "-", .graph = &graph});
}

bool GraphDefinitions::Load(GraphDefinition& definition) {
  if (!definition.is_loaded) {
    definition.is_loaded = true;
    if (definition.constant != nullptr) Read(definition);
    if (definition.graph != nullptr) Prepare(definition);
  }
  return definition.graph != nullptr;
}

void GraphDefinitions::Read(GraphDefinition& definition) {
  const std::string_view json = definition.constant->bytes();
  if (!parts_.budget.Spend(json.size() / kBytesPerStep)) return;
  absl::StatusOr<Graph> graph = ParseGraphData(json);
  if (!graph.ok()) {
    parts_.problems.Add(
        {.location = definition.location,
         .message = fmt::format("{}: it runs as a graph, but is not a graph: {}", definition.label,
                                std::string(graph.status().message()))});
    return;
  }
  definition.parsed = *std::move(graph);
  definition.graph = &*definition.parsed;
}

void GraphDefinitions::Prepare(GraphDefinition& definition) {
  const Graph& graph = *definition.graph;
  definition.face = FaceOf(graph);
  definition.fixed_inputs = FixedInputsOf(graph);
  definition.is_always_run = FindAlwaysRun(graph);
  definition.partial_evals = FindPartialEvals(graph);
  StructureCheck({definition, parts_.options, parts_.tasks, parts_.problems}).Run();

  const std::vector<bool> is_body = FindBodies(graph);
  definition.constants.resize(graph.nodes.size());
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    if (!std::holds_alternative<ConstNode>(graph.nodes[i].kind)) continue;
    const Flow* flow = parts_.flows.Intern(FlowOfConstant(definition, i, is_body[i]));
    definition.constants[i] = parts_.flows.Intern(std::vector<PortFlow>{{kValuePort, flow}});
  }
}

Flow GraphDefinitions::FlowOfConstant(GraphDefinition& parent, std::size_t index, bool is_run) {
  const Value& value = std::get<ConstNode>(parent.graph->nodes[index].kind).value;
  if (value.is_inline() && (is_run || value.type_name == kGraphTypeName)) {
    std::string location = NodeLocation(parent.location, index);
    std::string label = fmt::format("{}: {}", location, NodeLabel(*parent.graph, index));
    GraphDefinition& definition = definitions_.emplace_back(GraphDefinition{
        .location = std::move(location), .label = std::move(label), .constant = &value});
    return {.supply = {SimpleType(TypeKind::kGraph), {value.media_type}},
            .graph = parts_.flows.Intern({&definition, parts_.flows.no_ports()})};
  }
  absl::StatusOr<Supply> supply = SupplyOfValue(value);
  if (supply.ok()) return {.supply = *std::move(supply)};
  const std::string why =
      fmt::format("its value is not JSON: {}", std::string(supply.status().message()));
  parts_.problems.Add(ToProblem({*parent.graph, parent.location, index, "", why}));
  return {.supply = {.formats = {value.media_type}}};
}

const Ports* GraphDefinitions::FixedInputsOf(const Graph& graph) {
  std::vector<PortFlow> flows;
  for (const auto& [name, value] : graph.fixed_inputs) {
    absl::StatusOr<Supply> supply = SupplyOfValue(value);
    const Flow* flow =
        supply.ok() ? parts_.flows.Intern({.supply = *std::move(supply)}) : parts_.flows.unknown();
    flows.push_back({name, flow});
  }
  return parts_.flows.Intern(std::move(flows));
}

}  // namespace orrery::graph
