#include "graph/check/wording.h"

#include <algorithm>
#include <variant>

#include "absl/strings/str_join.h"
#include "base/shown_text.h"
#include "graph/name.h"
#include <fmt/format.h>

namespace orrery::graph {
namespace {

constexpr std::size_t kListedNamesMax = 20;

}  // namespace

std::string Hint(std::string_view what, std::string_view name, std::span<const std::string> names) {
  if (names.empty()) return fmt::format("; it has no {}s", what);
  const std::size_t shown = std::min(names.size(), kListedNamesMax);
  std::string text = names.size() == 1
                         ? fmt::format("; its only {} is {}", what, names[0])
                         : fmt::format("; its {}s are {}", what,
                                       absl::StrJoin(names.begin(), names.begin() + shown, ", "));
  if (shown < names.size()) text += fmt::format(" and {} more", names.size() - shown);
  const std::string closest = ClosestName(name, names);
  return closest.empty() ? text : text + fmt::format("; did you mean {}?", Quoted(closest));
}

std::string NodeLabel(const Graph& graph, std::size_t index) {
  const NodeKind& kind = graph.nodes[index].kind;
  const auto* function = std::get_if<FunctionNode>(&kind);
  return fmt::format("node {} ({})", index,
                     function == nullptr ? KindName(kind) : function->function_name);
}

std::string SourceLabel(const Graph& graph, const PortRef& source) {
  if (source.node != kOutside) return NodeLabel(graph, static_cast<std::size_t>(source.node));
  if (source.port == kBodyPort) return "the graph itself";
  return fmt::format("the input {}", Quoted(source.port));
}

std::string NodeLocation(std::string_view graph_location, std::size_t index) {
  return fmt::format("{}.N{}", graph_location, index);
}

Problem ToProblem(const NodeProblem& problem) {
  std::string location = NodeLocation(problem.graph_location, problem.index);
  std::string message =
      fmt::format("{}: {}: {}", location, NodeLabel(problem.graph, problem.index), problem.message);
  return {.location = std::move(location), .port = problem.port, .message = std::move(message)};
}

}  // namespace orrery::graph
