#include "controller/engine/workflow/frame.h"

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
  // Input nodes are resolved here: what they give is known from the start.
  for (const NodeIndex node : graph().input_nodes()) {
    for (const PortIndex port : graph().outputs(node)) {
      values[port] = find(graph().port_name(port));
    }
  }
}

}  // namespace orrery::engine
