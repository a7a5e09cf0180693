#include "controller/engine/workflow/frame.h"

#include <string>

namespace orrery::engine {

void Frame::Fill(absl::FunctionRef<graph::ValuePtr(std::string_view)> input) {
  const auto find = [&](std::string_view name) {
    graph::ValuePtr value = input(name);
    const auto& fixed = graph().graph().fixed_inputs;
    if (value != nullptr || fixed.empty()) return value;
    const auto it = fixed.find(std::string(name));
    return it == fixed.end() ? nullptr : std::make_shared<const graph::Value>(it->second);
  };
  for (const PortIndex port : graph().outside_ports()) {
    const std::string_view name = graph().port_name(port);
    values[port] = name == graph::kBodyPort ? body.value : find(name);
  }
  // The outputs of input nodes are known from the start.
  for (const NodeIndex node : graph().input_nodes()) {
    for (const PortIndex port : graph().outputs(node)) {
      values[port] = find(graph().port_name(port));
    }
  }
}

std::vector<graph::ValuePtr> Frame::InputsOf(NodeIndex node) const {
  const auto wires = graph().wires(node).first(graph().input_count(node));
  std::vector<graph::ValuePtr> inputs;
  inputs.reserve(wires.size());
  for (const CompiledGraph::Wire& wire : wires) inputs.push_back(values[wire.source]);
  return inputs;
}

model::Outputs Frame::NamedInputsOf(NodeIndex node) const {
  const auto wires = graph().wires(node).first(graph().input_count(node));
  model::Outputs inputs;
  inputs.reserve(wires.size());
  for (const CompiledGraph::Wire& wire : wires) {
    if (const graph::ValuePtr& value = values[wire.source]; value != nullptr) {
      inputs.push_back({std::string(graph().name(wire.name)), value});
    }
  }
  return inputs;
}

}  // namespace orrery::engine
