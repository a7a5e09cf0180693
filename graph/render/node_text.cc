#include "graph/render/node_text.h"

#include "base/overload.h"
#include "graph/render/printable.h"
#include <fmt/format.h>

namespace orrery::graph {
namespace {

std::string ValueText(const Value& value) {
  if (value.media_type == kMediaTypeJson && value.is_inline()) return std::string(value.bytes());
  return fmt::format("<{} bytes of {}>", value.size_bytes(), value.media_type);
}

std::string LoopText(const LoopNode& loop) {
  const std::string condition = fmt::format("while {}", loop.continue_port);
  return loop.name.empty() ? condition : fmt::format("{}, {}", loop.name, condition);
}

}  // namespace

std::string NodeTitle(const Node& node, std::size_t characters_max) {
  const std::string title =
      std::visit(Overload{
                     [](const auto&) { return std::string(); },
                     [](const InputNode& input) { return input.name; },
                     [](const ConstNode& constant) { return ValueText(constant.value); },
                     [](const FunctionNode& function) { return function.function_name; },
                     [](const LoopNode& loop) { return LoopText(loop); },
                 },
                 node.kind);
  return Printable(title, characters_max);
}

std::string_view ReferenceFlaw(const Graph& graph, std::size_t index, const PortRef& reference) {
  if (reference.node == kOutside) return "";
  const auto node = static_cast<std::size_t>(reference.node);
  if (reference.node < 0 || node >= graph.nodes.size()) return "no such node";
  return node >= index ? "not before it" : "";
}

bool IsMappedInput(const Node& node, const NodeInput& input) {
  return std::holds_alternative<MapNode>(node.kind) && IsMappedPort(input.source.port);
}

}  // namespace orrery::graph
