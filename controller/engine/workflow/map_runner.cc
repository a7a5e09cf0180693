#include "controller/engine/workflow/map_runner.h"

#include <algorithm>

#include "absl/container/flat_hash_map.h"
#include "base/check.h"
#include "base/status_macros.h"
#include "fmt/format.h"

namespace orrery::engine {

const Body& MapRunner::Element::body() const { return map_.body; }

graph::ValuePtr MapRunner::Element::Find(std::string_view name) const {
  const auto list =
      std::ranges::find(map_.mapped, name, &std::pair<std::string, ElementListPtr>::first);
  return list == map_.mapped.end() ? model::FindOutput(map_.broadcast, name)
                                   : list->second->Get(index_);
}

model::Outputs MapRunner::Element::Inputs() const {
  model::Outputs inputs = map_.broadcast;
  for (const auto& [name, list] : map_.mapped) {
    if (graph::ValuePtr element = list->Get(index_)) inputs.push_back({name, std::move(element)});
  }
  return inputs;
}

absl::StatusOr<std::optional<MadeElements>> MapRunner::Begin(NodeRef node, Body body) {
  const Frame& frame = frames_[node.frame];
  Map map;
  map.body = std::move(body);
  RETURN_IF_ERROR(ReadInputs(frame, node.node, map));
  RETURN_IF_ERROR(PlanResults(frame.graph(), node.node, map));
  if (map.counts.elements == 0) return ResultOf(frame.graph(), node.node, map);
  maps_[node] = std::move(map);
  expanding_.push_back(node);
  return std::nullopt;
}

absl::Status MapRunner::ReadInputs(const Frame& frame, NodeIndex node, Map& map) {
  const auto wires = frame.graph().wires(node).first(frame.graph().input_count(node));
  for (const CompiledGraph::Wire& wire : wires) {
    const std::string name(frame.graph().name(wire.name));
    if (const auto list = frame.elements.find(wire.source); list != frame.elements.end()) {
      map.mapped.emplace_back(name, list->second);
    } else if (frame.values[wire.source] != nullptr) {
      map.broadcast.push_back({name, frame.values[wire.source]});
    }
  }
  if (map.mapped.empty()) {
    return absl::InvalidArgumentError("none of its inputs is the elements of a port * or x-*");
  }
  const auto& [first, elements] = map.mapped.front();
  for (const auto& [name, list] : map.mapped) {
    if (list->size() == elements->size()) continue;
    return absl::InvalidArgumentError(
        fmt::format("input \"{}\" has {} elements and input \"{}\" has {}; they are mapped "
                    "together, so they must be equally many",
                    first, elements->size(), name, list->size()));
  }
  map.counts.elements = elements->size();
  return absl::OkStatus();
}

absl::Status MapRunner::PlanResults(const CompiledGraph& graph, NodeIndex node, Map& map) {
  const std::vector<std::string_view> outputs = map.body.graph->OutputNames();
  // Lookup only.
  absl::flat_hash_map<std::string_view, std::size_t> by_name;
  for (std::size_t i = 0; i < outputs.size(); ++i) by_name.emplace(outputs[i], i);
  for (const PortIndex port : graph.outputs(node)) {
    const std::string_view name = graph.port_name(port);
    std::size_t output = 0;
    if (name == graph::kMappedPort) {
      if (outputs.size() != 1) {
        return absl::InvalidArgumentError(fmt::format(
            "port \"*\" stands for the body's only output, but it has {}", outputs.size()));
      }
    } else {
      const std::string_view wanted = name.substr(0, name.size() - graph::kMappedSuffix.size());
      const auto found = by_name.find(wanted);
      if (!name.ends_with(graph::kMappedSuffix) || found == by_name.end()) {
        return absl::InvalidArgumentError(
            fmt::format("port \"{}\" is used, but the body has no output \"{}\"", name, wanted));
      }
      output = found->second;
    }
    map.results.push_back(
        {.output = output, .elements = std::make_shared<ElementList>(map.counts.elements)});
  }
  return absl::OkStatus();
}

MadeElements MapRunner::ResultOf(const CompiledGraph& graph, NodeIndex node, const Map& map) {
  MadeElements result;
  const auto ports = graph.outputs(node);
  for (std::size_t i = 0; i < ports.size(); ++i) {
    result.emplace_back(std::string(graph.port_name(ports[i])), map.results[i].elements);
  }
  return result;
}

bool MapRunner::CanOpen(bool has_room) const {
  if (expanding_.empty()) return false;
  const Counts& counts = maps_.at(expanding_.back()).counts;
  return has_room || counts.opened == counts.finished;
}

MapRunner::Element MapRunner::OpenNext(NodeRef node) {
  Map& map = maps_.at(node);
  CHECK(map.counts.opened < map.counts.elements);
  const std::size_t index = map.counts.opened++;
  if (map.counts.opened == map.counts.elements) std::erase(expanding_, node);
  return {map, index};
}

std::optional<MadeElements> MapRunner::FinishElement(NodeRef node, const Frame& element) {
  const auto it = maps_.find(node);
  CHECK(it != maps_.end());
  Map& map = it->second;
  const auto wires = element.graph().wires(element.graph().output_node());
  for (const Result& result : map.results) {
    result.elements->Set(static_cast<std::size_t>(element.step.index),
                         element.values[wires[result.output].source]);
  }
  if (++map.counts.finished < map.counts.elements) return std::nullopt;
  MadeElements result = ResultOf(frames_[node.frame].graph(), node.node, map);
  maps_.erase(it);
  return result;
}

const MapRunner::Counts* MapRunner::Find(NodeRef node) const {
  const auto map = maps_.find(node);
  return map == maps_.end() ? nullptr : &map->second.counts;
}

void MapRunner::AppendState(FrameIndex frame, std::string& out) const {
  for (auto it = maps_.lower_bound({frame, 0}); it != maps_.end() && it->first.frame == frame;
       ++it) {
    const auto& [node, map] = *it;
    out += fmt::format("map {} finished {} of {}\n", node.node, map.counts.finished,
                       map.counts.elements);
  }
}

void MapRunner::Clear() {
  maps_.clear();
  expanding_.clear();
}

}  // namespace orrery::engine
