#include "graph/render/dot.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string_view>
#include <utility>

#include "absl/strings/str_replace.h"
#include "base/overload.h"
#include "graph/constant_graphs.h"
#include "graph/render/node_text.h"
#include "graph/render/printable.h"
#include <fmt/format.h>

namespace orrery::graph {
namespace {

// Of the texts that make a box or an edge wider.
constexpr std::size_t kDrawnCharactersMax = 32;

constexpr std::string_view kPreamble =
    "  compound=true;\n"
    "  fontname=\"Helvetica\";\n"
    "  fontsize=11;\n"
    "  fontcolor=\"#374151\";\n"
    "  labeljust=l;\n"
    "  nodesep=0.3;\n"
    "  ranksep=0.4;\n"
    "  node [fontname=\"Helvetica\", fontsize=11, fontcolor=\"#111827\", style=filled,\n"
    "        height=0.35, margin=\"0.12,0.05\"];\n"
    "  edge [fontname=\"Helvetica\", fontsize=9, fontcolor=\"#4b5563\", color=\"#6b7280\",\n"
    "        arrowsize=0.6];\n";

struct Look {
  std::string_view shape;
  std::string_view style;
  std::string_view fill;
  std::string_view border;
};

Look LookOf(const NodeKind& kind) {
  return std::visit(Overload{
                        [](const InputNode&) {
                          return Look{"oval", "filled", "#dcfce7", "#16a34a"};
                        },
                        [](const ConstNode&) {
                          return Look{"note", "filled", "#f9fafb", "#9ca3af"};
                        },
                        [](const OutputNode&) {
                          return Look{"oval", "filled", "#bbf7d0", "#15803d"};
                        },
                        [](const FunctionNode&) {
                          return Look{"box", "filled,rounded", "#dbeafe", "#2563eb"};
                        },
                        [](const EvalNode&) {
                          return Look{"component", "filled", "#ede9fe", "#7c3aed"};
                        },
                        [](const LoopNode&) {
                          return Look{"octagon", "filled", "#ffedd5", "#ea580c"};
                        },
                        [](const MapNode&) {
                          return Look{"box3d", "filled", "#cffafe", "#0891b2"};
                        },
                        [](const IfElseNode&) {
                          return Look{"diamond", "filled", "#fef9c3", "#ca8a04"};
                        },
                    },
                    kind);
}

// Escapes a text inside double quotes, where Graphviz reads escapes and entities.
std::string Escaped(std::string_view text) {
  return absl::StrReplaceAll(std::string(text), {{"\\", "\\\\"}, {"\"", "\\\""}, {"&", "&amp;"}});
}

// Escapes a text inside an HTML-like label, where a backslash is also an escape.
std::string Html(std::string_view text) {
  return absl::StrReplaceAll(
      std::string(text),
      {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}, {"\\", "&#92;"}});
}

// Returns the title above the index and kind. A node without a title shows only its kind.
std::string NodeLabel(const Node& node, std::size_t index) {
  const std::string title = NodeTitle(node, kDrawnCharactersMax);
  const std::string_view kind = KindName(node.kind);
  return fmt::format("<{}<br/><font point-size=\"8\" color=\"#6b7280\">{}{}{}</font>>",
                     title.empty() ? std::string(kind) : Html(title), index,
                     title.empty() ? "" : " ", title.empty() ? "" : kind);
}

// Returns "x"; with the source's port if that adds information: "a-* → x".
std::string EdgeLabel(const NodeInput& input, bool is_obvious) {
  const std::string role = Printable(input.name, kDrawnCharactersMax);
  const std::string& port = input.source.port;
  if (port == kValuePort || is_obvious) return role;
  return fmt::format("{} → {}", Printable(port, kDrawnCharactersMax), role);
}

bool IsDashed(const Node& node, std::string_view role) {
  return std::visit(Overload{
                        [](const auto&) { return false; },
                        [&](const EvalNode&) { return role == "graph"; },
                        [&](const LoopNode&) { return role == "body"; },
                        [&](const MapNode&) { return role == "body"; },
                        [&](const IfElseNode&) { return role == "pred"; },
                    },
                    node.kind);
}

// The context in which a graph is drawn: the id of node i is `prefix` + i.
struct Place {
  std::string prefix;
  std::string indent;

  std::string IdOf(std::size_t index) const { return fmt::format("{}{}", prefix, index); }
};

// The end of an edge: a node, and for a nested graph the box at which the edge is cut off.
struct EdgeEnd {
  std::string node;
  std::string box;
};

// Returns the node of a nested graph that edges attach to: its output is drawn nearest to the node
// that runs it.
std::string AnchorOf(const Graph& graph, const std::string& id) {
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    if (std::holds_alternative<OutputNode>(graph.nodes[i].kind)) return fmt::format("{}_{}", id, i);
  }
  return id + "_anchor";
}

bool HasOutput(const Graph& graph) {
  return std::ranges::any_of(
      graph.nodes, [](const Node& node) { return std::holds_alternative<OutputNode>(node.kind); });
}

// Draws one graph and, through further painters, its nested graphs.
class DotPainter {
 public:
  // All references outlive the painter, which appends to `text`.
  DotPainter(const Graph& graph, const Place& place, std::string& text)
      : graph_(graph), place_(place), text_(text), nested_(ConstantGraphs(graph)) {}

  void Paint() {
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
      const auto inner = nested_.find(i);
      if (inner == nested_.end()) {
        PaintNode(i);
      } else {
        PaintNested(i, inner->second);
      }
    }
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
      for (const NodeInput& input : ReferencesOf(graph_.nodes[i])) PaintEdge(i, input);
    }
  }

 private:
  void PaintNode(std::size_t index) {
    const Node& node = graph_.nodes[index];
    const Look look = LookOf(node.kind);
    Line("{} [label={}, shape={}, style=\"{}\", fillcolor=\"{}\", color=\"{}\"];",
         place_.IdOf(index), NodeLabel(node, index), look.shape, look.style, look.fill,
         look.border);
  }

  void PaintNested(std::size_t index, const Graph& graph) {
    const std::string id = place_.IdOf(index);
    const Place inside = {id + "_", place_.indent + "  "};
    std::string label = fmt::format("{} graph", index);
    if (!graph.name.empty()) label += " " + Printable(graph.name, kDrawnCharactersMax);
    Line("subgraph cluster_{} {{", id);
    Line("  label=\"{}\"; style=\"filled,rounded\"; fillcolor=\"#1118270a\"; color=\"#9ca3af\";",
         Escaped(label));
    if (!HasOutput(graph)) Line("  {} [style=invis];", AnchorOf(graph, id));
    DotPainter(graph, inside, text_).Paint();
    Line("}}");
  }

  void PaintEdge(std::size_t index, const NodeInput& input) {
    const Node& node = graph_.nodes[index];
    const EdgeEnd tail =
        input.source.node == kOutside ? Outside(input.source) : EndAt(input.source.node);
    const EdgeEnd head = EndAt(static_cast<std::int64_t>(index));
    std::string more;
    if (!tail.box.empty()) more += ", ltail=" + tail.box;
    if (!head.box.empty()) more += ", lhead=" + head.box;
    if (IsDashed(node, input.name)) more += ", style=dashed";
    if (IsMappedInput(node, input)) more += ", penwidth=2.5";
    if (!ReferenceFlaw(graph_, index, input.source).empty()) more += ", color=\"#dc2626\"";
    Line("{} -> {} [label=\" {} \"{}];", tail.node, head.node,
         Escaped(EdgeLabel(input, IsNameShown(input.source.node))), more);
  }

  EdgeEnd EndAt(std::int64_t index) {
    if (index < 0 || index >= static_cast<std::int64_t>(graph_.nodes.size())) {
      const std::string id = fmt::format("{}missing_{}", place_.prefix, index < 0 ? -index : index);
      if (strangers_.insert(id).second) {
        Line("{} [label=\"{}\\nno such node\", shape=box, style=\"dashed\", color=\"#dc2626\"];",
             id, index);
      }
      return {id, ""};
    }
    std::string id = place_.IdOf(static_cast<std::size_t>(index));
    const auto inner = nested_.find(static_cast<std::size_t>(index));
    if (inner == nested_.end()) return {std::move(id), ""};
    return {AnchorOf(inner->second, id), "cluster_" + id};
  }

  // Returns the end of a reference to the outside of the graph.
  EdgeEnd Outside(const PortRef& source) {
    const bool is_itself = source.port == kBodyPort;
    const std::string name =
        is_itself ? "this graph" : "outside." + Printable(source.port, kDrawnCharactersMax);
    const auto [it, is_new] =
        outside_.emplace(source.port, fmt::format("{}outside_{}", place_.prefix, outside_.size()));
    if (is_new) {
      Line("{} [label=\"{}\", shape=box, style=\"dashed,rounded\", color=\"#9ca3af\"];", it->second,
           Escaped(name));
    }
    return {it->second, ""};
  }

  // Returns true if the drawn source already shows the name of its port.
  bool IsNameShown(std::int32_t index) const {
    if (index == kOutside) return true;
    return index >= 0 && static_cast<std::size_t>(index) < graph_.nodes.size() &&
           std::holds_alternative<InputNode>(graph_.nodes[static_cast<std::size_t>(index)].kind);
  }

  template <class... Parts>
  void Line(fmt::format_string<Parts...> format, Parts&&... parts) {
    text_ += place_.indent + fmt::format(format, std::forward<Parts>(parts)...) + "\n";
  }

  const Graph& graph_;
  const Place& place_;
  std::string& text_;
  const std::map<std::size_t, Graph> nested_;
  // Nodes that do not exist but are drawn.
  std::set<std::string> strangers_;
  // By port.
  std::map<std::string, std::string> outside_;
};

}  // namespace

std::string ToDot(const Graph& graph) {
  const std::string name = Printable(graph.name);
  std::string text = fmt::format("digraph \"{}\" {{\n", Escaped(name)).append(kPreamble);
  if (!name.empty()) text += fmt::format("  label=\"{}\";\n  labelloc=t;\n", Escaped(name));
  const Place place = {"n", "  "};
  DotPainter(graph, place, text).Paint();
  return text + "}\n";
}

}  // namespace orrery::graph
