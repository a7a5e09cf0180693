#include "graph/render/text_tree.h"

#include <map>
#include <string_view>
#include <vector>

#include "absl/strings/str_join.h"
#include "graph/constant_graphs.h"
#include "graph/render/node_text.h"
#include "graph/render/printable.h"
#include <fmt/format.h>

namespace orrery::graph {
namespace {

constexpr std::size_t kListedMax = 40;
// The width of "function", the longest.
constexpr std::size_t kKindWidth = 8;

constexpr std::string_view kBold = "1";
constexpr std::string_view kDim = "2";
constexpr std::string_view kRed = "31";
constexpr std::string_view kGreen = "32";
constexpr std::string_view kCyan = "36";

// "a, b and 7 more"
std::string Listed(std::vector<std::string> names, std::string_view separator) {
  const std::size_t count = names.size();
  if (count > kListedMax) names.resize(kListedMax);
  std::string text = absl::StrJoin(names, std::string(separator));
  if (count > kListedMax) text += fmt::format(" and {} more", count - kListedMax);
  return text;
}

// "; inputs a, b", or an empty string.
std::string NamesClause(std::string_view what, std::vector<std::string> names) {
  if (names.empty()) return "";
  for (std::string& name : names) name = Printable(name);
  return fmt::format("; {} {}", what, Listed(std::move(names), ", "));
}

class TreeWriter {
 public:
  explicit TreeWriter(TextColor color) : color_(color) {}

  std::string Write(const Graph& graph) {
    text_ += Headline(graph) + "\n";
    AddNodes(graph, "");
    return std::move(text_);
  }

 private:
  std::string Headline(const Graph& graph) const {
    std::string line = Painted(kBold, "graph");
    if (!graph.name.empty()) line += fmt::format(" \"{}\"", Printable(graph.name));
    line += fmt::format(": {} {}", graph.nodes.size(), graph.nodes.size() == 1 ? "node" : "nodes");
    std::vector<std::string> fixed_inputs;
    for (const auto& [name, value] : graph.fixed_inputs) fixed_inputs.push_back(name);
    return line + NamesClause("inputs", InputNames(graph)) +
           NamesClause("fixed", std::move(fixed_inputs)) +
           NamesClause("outputs", OutputNames(graph));
  }

  void AddNodes(const Graph& graph, const std::string& indent) {
    const std::map<std::size_t, Graph> nested = ConstantGraphs(graph);
    const std::size_t width = std::to_string(graph.nodes.size()).size();
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
      const Node& node = graph.nodes[i];
      const auto inner = nested.find(i);
      std::vector<std::string> parts;
      if (inner != nested.end()) {
        parts.push_back(Headline(inner->second));
      } else if (std::string title = NodeTitle(node, kShownCharactersMax); !title.empty()) {
        const bool is_constant = std::holds_alternative<ConstNode>(node.kind);
        parts.push_back(is_constant ? Painted(kGreen, title) : title);
      }
      if (std::string inputs = Inputs(graph, i); !inputs.empty()) parts.push_back(inputs);
      text_ += fmt::format("{}  {}  {}", indent, Painted(kDim, fmt::format("{:>{}}", i, width)),
                           Painted(kCyan, KindName(node.kind)));
      if (!parts.empty()) {
        text_.append(kKindWidth - KindName(node.kind).size() + 2, ' ');
        text_ += absl::StrJoin(parts, "  ");
      }
      text_ += '\n';
      if (inner == nested.end()) continue;
      AddNodes(inner->second, indent + std::string(width + 4, ' ') + Painted(kDim, "│"));
    }
  }

  // "start=0.value  stop=1.value"
  std::string Inputs(const Graph& graph, std::size_t index) const {
    const Node& node = graph.nodes[index];
    std::vector<std::string> inputs;
    for (const NodeInput& input : ReferencesOf(node)) {
      const PortRef& source = input.source;
      std::string text = fmt::format(
          "{}={}", Printable(input.name),
          Painted(kDim,
                  fmt::format("{}.{}",
                              source.node == kOutside ? "outside" : std::to_string(source.node),
                              Printable(source.port))));
      if (IsMappedInput(node, input)) text += " each";
      const std::string_view flaw = ReferenceFlaw(graph, index, source);
      if (!flaw.empty()) text += " " + Painted(kRed, fmt::format("({})", flaw));
      inputs.push_back(std::move(text));
    }
    return Listed(std::move(inputs), "  ");
  }

  std::string Painted(std::string_view color, std::string_view text) const {
    if (color_ == TextColor::kNone) return std::string(text);
    return fmt::format("\x1b[{}m{}\x1b[0m", color, text);
  }

  const TextColor color_;
  std::string text_;
};

}  // namespace

std::string TextTree(const Graph& graph, TextColor color) { return TreeWriter(color).Write(graph); }

}  // namespace orrery::graph
