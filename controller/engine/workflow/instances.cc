// Graph instances: the iterations of loops, the elements of maps, and what follows from their end.
#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/status_macros.h"
#include "controller/engine/workflow/value_reader.h"
#include "controller/engine/workflow/workflow.h"
#include "fmt/format.h"
#include "graph/canonical.h"
#include "graph/constant_data.h"
#include "graph/graph_data.h"
#include "graph/value_codec.h"
#include "model/outcome.h"

namespace orrery::engine {
namespace {

graph::ValuePtr ValueNamed(const model::Outputs& values, std::string_view name) {
  const auto it = std::ranges::find(values, name, &graph::NamedValue::name);
  return it == values.end() ? nullptr : it->value;
}

// The names of a graph's outputs.
std::vector<std::string_view> OutputNames(const CompiledGraph& graph) {
  std::vector<std::string_view> names;
  for (const CompiledGraph::Wire& wire : graph.wires(graph.output_node())) {
    names.push_back(graph.name(wire.name));
  }
  return names;
}

const graph::LoopNode& LoopOf(const CompiledGraph& graph, NodeIndex node) {
  return std::get<graph::LoopNode>(graph.graph().nodes[node].kind);
}

// What is to be collected; an error says which port the body cannot give.
absl::Status PlanResults(const CompiledGraph& graph, NodeIndex node, MapProgress& map) {
  const std::vector<std::string_view> outputs = OutputNames(*map.body.graph);
  for (const PortIndex port : graph.outputs(node)) {
    const std::string_view name = graph.port_name(port);
    auto output = outputs.begin();
    if (name == graph::kMappedPort) {
      if (outputs.size() != 1) {
        return absl::InvalidArgumentError(fmt::format(
            "port \"*\" stands for the body's only output, but it has {}", outputs.size()));
      }
    } else {
      const std::string_view wanted = name.substr(0, name.size() - graph::kMappedSuffix.size());
      output = std::ranges::find(outputs, wanted);
      if (!name.ends_with(graph::kMappedSuffix) || output == outputs.end()) {
        return absl::InvalidArgumentError(
            fmt::format("port \"{}\" is used, but the body has no output \"{}\"", name, wanted));
      }
    }
    map.results.push_back({.output = static_cast<std::size_t>(output - outputs.begin()),
                           .elements = std::make_shared<ElementList>(map.count)});
  }
  return absl::OkStatus();
}

MadeElements ResultOf(const CompiledGraph& graph, NodeIndex node, const MapProgress& map) {
  MadeElements result;
  const auto ports = graph.outputs(node);
  for (std::size_t i = 0; i < ports.size(); ++i) {
    result.emplace_back(std::string(graph.port_name(ports[i])), map.results[i].elements);
  }
  return result;
}

// The outputs of an element, which is done, go to the results.
void Keep(const Frame& element, MapProgress& map) {
  const auto wires = element.graph().wires(element.graph().output_node());
  for (const MapProgress::Result& result : map.results) {
    result.elements->Set(static_cast<std::size_t>(element.step.index),
                         element.values[wires[result.output].source]);
  }
}

}  // namespace

graph::ValuePtr FixInputs(const graph::Graph& graph, const model::Outputs& inputs) {
  graph::Graph fixed = graph;
  for (const graph::NamedValue& input : inputs) {
    fixed.fixed_inputs.insert_or_assign(input.name, *input.value);
  }
  return std::make_shared<const graph::Value>(
      graph::JsonValue(graph::WriteGraphData(fixed), std::string(graph::kGraphTypeName)));
}

std::optional<Body> Workflow::BodyOf(NodeRef node, Turn& turn) {
  const Frame& frame = frames_[node.frame];
  const auto fail = [&](std::string message) {
    FailDerived(node, std::move(message), turn);
    return std::nullopt;
  };
  if (frame.depth + 1 > turn.settings.frame_depth_max) {
    return fail(
        fmt::format("graphs are nested deeper than the limit of {}; does a graph evaluate "
                    "itself without end?",
                    turn.settings.frame_depth_max));
  }
  graph::ValuePtr value = frame.values[frame.graph().steering(node.node)[0].source];
  if (value == nullptr) return fail("there is no graph to run: the value is absent");
  if (value == frame.body.value) return frame.body;

  const Digest content = graph::ContentDigest(*value);
  if (auto known = turn.graphs.Find(content)) return Body{std::move(known), std::move(value)};
  Reader reader(*this, node);
  const absl::StatusOr<graph::ValuePtr> read = reader.Inline(value);
  if (!read.ok()) return fail(std::string(read.status().message()));
  if (reader.RequestMissing(turn)) return std::nullopt;
  auto loaded = turn.graphs.Load(content, (*read)->bytes());
  if (!loaded.ok()) {
    return fail(fmt::format("the value is no graph: {}", std::string(loaded.status().message())));
  }
  return Body{*std::move(loaded), std::move(value)};
}

model::Outputs Workflow::NamedInputs(NodeRef node) const {
  const Frame& frame = frames_[node.frame];
  const auto wires = frame.graph().wires(node.node).first(frame.graph().input_count(node.node));
  model::Outputs inputs;
  inputs.reserve(wires.size());
  for (const CompiledGraph::Wire& wire : wires) {
    if (const graph::ValuePtr& value = frame.values[wire.source]; value != nullptr) {
      inputs.push_back({std::string(frame.graph().name(wire.name)), value});
    }
  }
  return inputs;
}

void Workflow::StartLoop(NodeRef node, Turn& turn) {
  std::optional<Body> body = BodyOf(node, turn);
  if (!body.has_value()) return;
  model::Outputs inputs = NamedInputs(node);
  Frame& frame = frames_[node.frame];
  if (const std::string& name = LoopOf(frame.graph(), node.node).name; !name.empty()) {
    TraceLog trace{.name = name, .iterations = 0, .outputs = {}};
    for (const std::string_view output : OutputNames(*body->graph)) {
      trace.outputs.emplace_back(std::string(output), ElementList());
    }
    traces_.insert_or_assign(LocationOf(node), std::move(trace));
  }
  SetState(node, NodeState::kUnfolded);
  frame.loops[node.node] = {.body = *body, .iteration = 0, .inputs = inputs};
  OpenFrame(*std::move(body), node, {graph::StepKind::kIteration, 0}, inputs, turn);
}

void Workflow::FinishIteration(NodeRef node, const model::Outputs& outputs, Turn& turn) {
  Frame& frame = frames_[node.frame];
  LoopProgress& loop = frame.loops.at(node.node);
  const graph::LoopNode& definition = LoopOf(frame.graph(), node.node);
  if (!definition.name.empty()) {
    TraceLog& trace = traces_.at(LocationOf(node));
    ++trace.iterations;
    for (auto& [name, values] : trace.outputs) values.Append(ValueNamed(outputs, name));
  }
  const graph::ValuePtr verdict = ValueNamed(outputs, definition.continue_port);
  const absl::StatusOr<bool> goes_on = SteeringBool(
      verdict,
      fmt::format("output \"{}\" of iteration {}", definition.continue_port, loop.iteration));
  if (!goes_on.ok()) {
    frame.loops.erase(node.node);
    return FailDerived(node, std::string(goes_on.status().message()), turn);
  }
  if (!*goes_on) {
    frame.loops.erase(node.node);
    return Deliver(node, outputs, {}, turn);
  }
  // Inputs that the body does not output are carried unchanged.
  for (const graph::NamedValue& output : outputs) {
    const auto input = std::ranges::find(loop.inputs, output.name, &graph::NamedValue::name);
    if (input == loop.inputs.end()) {
      loop.inputs.push_back(output);
    } else {
      input->value = output.value;
    }
  }
  ++loop.iteration;
  OpenFrame(loop.body, node, {graph::StepKind::kIteration, loop.iteration}, loop.inputs, turn);
}

void Workflow::StartMap(NodeRef node, Turn& turn) {
  std::optional<Body> body = BodyOf(node, turn);
  if (!body.has_value()) return;
  Frame& frame = frames_[node.frame];
  MapProgress map;
  map.body = *std::move(body);
  const auto wires = frame.graph().wires(node.node).first(frame.graph().input_count(node.node));
  for (const CompiledGraph::Wire& wire : wires) {
    const std::string name(frame.graph().name(wire.name));
    if (const auto list = frame.elements.find(wire.source); list != frame.elements.end()) {
      map.mapped.emplace_back(name, list->second);
    } else if (frame.values[wire.source] != nullptr) {
      map.broadcast.push_back({name, frame.values[wire.source]});
    }
  }
  if (map.mapped.empty()) {
    return FailDerived(node, "none of its inputs is the elements of a port * or x-*", turn);
  }
  const auto& [first, elements] = map.mapped.front();
  for (const auto& [name, list] : map.mapped) {
    if (list->size() == elements->size()) continue;
    return FailDerived(node,
                       fmt::format("input \"{}\" has {} elements and input \"{}\" has {}; they "
                                   "are mapped together, so they must be equally many",
                                   first, elements->size(), name, list->size()),
                       turn);
  }
  map.count = elements->size();
  if (absl::Status status = PlanResults(frame.graph(), node.node, map); !status.ok()) {
    return FailDerived(node, std::string(status.message()), turn);
  }
  if (map.count == 0) return Deliver(node, {}, ResultOf(frame.graph(), node.node, map), turn);
  SetState(node, NodeState::kUnfolded);
  frame.maps[node.node] = std::move(map);
  expanding_.push_back(node);
}

bool Workflow::CanExpand(const Settings& settings) const {
  if (expanding_.empty()) return false;
  const NodeRef node = expanding_.back();
  const MapProgress& map = frames_[node.frame].maps.at(node.node);
  // One element is always let in, so that maps inside maps go on.
  return reuse_.is_open || map.open_count() == 0 ||
         frames_.size() - free_frames_.size() < settings.frames_open_max;
}

void Workflow::OpenElement(NodeRef node, Turn& turn) {
  MapProgress& map = frames_[node.frame].maps.at(node.node);
  const std::size_t index = map.opened++;
  if (map.opened == map.count) std::erase(expanding_, node);
  const FrameIndex frame =
      NewFrame(map.body, node, {graph::StepKind::kElement, static_cast<std::int64_t>(index)}, turn);
  frames_[frame].Fill([&](std::string_view name) {
    const auto list =
        std::ranges::find(map.mapped, name, &std::pair<std::string, ElementListPtr>::first);
    return list == map.mapped.end() ? ValueNamed(map.broadcast, name) : list->second->Get(index);
  });
  if (turn.settings.shows_nodes) {
    model::Outputs inputs = map.broadcast;
    for (const auto& [name, list] : map.mapped) {
      if (graph::ValuePtr element = list->Get(index)) inputs.push_back({name, std::move(element)});
    }
    ShowOpened(frame, std::move(inputs), turn);
  }
  Demand({frame, map.body.graph->output_node()});
}

bool Workflow::OpenElementsTo(const graph::Location& location, Turn& turn) {
  graph::Location way;
  for (const graph::LocationStep& step : location.steps) {
    if (step.kind == graph::StepKind::kElement) {
      const std::optional<NodeRef> node = Find(way);
      if (!node.has_value()) return false;
      const auto map = frames_[node->frame].maps.find(node->node);
      if (map == frames_[node->frame].maps.end()) return false;
      const auto index = static_cast<std::size_t>(step.index);
      if (index >= map->second.opened && index < map->second.count) {
        while (map->second.opened <= index) OpenElement(*node, turn);
        return true;
      }
    }
    way.steps.push_back(step);
  }
  return false;
}

void Workflow::FinishElement(NodeRef node, Turn& turn) {
  Frame& frame = frames_[node.frame];
  MapProgress& map = frame.maps.at(node.node);
  if (++map.finished < map.count) return;
  const MadeElements result = ResultOf(frame.graph(), node.node, map);
  frame.maps.erase(node.node);
  Deliver(node, {}, result, turn);
}

void Workflow::FinishGraph(NodeRef output_node, Turn& turn) {
  Frame& frame = frames_[output_node.frame];
  const NodeRef parent = frame.parent;
  const bool is_root = parent.frame == kNoFrame;
  const graph::LocationStep step = frame.step;
  const bool is_shown = turn.settings.shows_nodes;
  const bool is_element = !is_root && step.kind == graph::StepKind::kElement;
  model::Outputs outputs;
  if (is_shown || !is_element) outputs = NamedInputs(output_node);
  Deliver(output_node, {}, {}, turn);
  // The instance itself; that of an eval is the eval.
  if (is_shown && (is_root || step.kind != graph::StepKind::kNode)) {
    turn.events.push_back(
        NodeSettled{.workflow = id_,
                    .location = FrameLocation(output_node.frame),
                    .graph = is_root ? frame.body.graph : frames_[parent.frame].body.graph,
                    .node = parent.node,
                    .result = outputs,
                    .elements = {}});
  }
  if (is_root) {
    outputs_ = std::move(outputs);
    return;
  }
  if (is_element) Keep(frame, frames_[parent.frame].maps.at(parent.node));
  CloseFrame(output_node.frame);
  switch (step.kind) {
    case graph::StepKind::kNode:
      return Deliver(parent, outputs, {}, turn);
    case graph::StepKind::kIteration:
      return FinishIteration(parent, outputs, turn);
    case graph::StepKind::kElement:
      return FinishElement(parent, turn);
  }
}

}  // namespace orrery::engine
