// graph render: draws a graph.
#include <memory>
#include <string>

#include "CLI/App.hpp"
#include "CLI/Config.hpp"
#include "CLI/Formatter.hpp"
#include "base/status_macros.h"
#include "client/cli/graph/graph_commands.h"
#include "client/cli/graph/graph_file.h"
#include "client/cli/graph/graphviz.h"
#include "graph/render/dot.h"
#include "graph/render/text_tree.h"

namespace orrery::cli {
namespace {

struct RenderArguments {
  std::string graph_path;
  // Empty: from the ending of the path.
  std::string format;
  std::string path;
};

std::string FormatOf(const RenderArguments& arguments) {
  if (!arguments.format.empty()) return arguments.format;
  if (arguments.path.ends_with(".svg")) return "svg";
  return arguments.path.ends_with(".txt") ? "text" : "dot";
}

absl::StatusOr<std::string> Rendered(const graph::Graph& graph, const std::string& format) {
  if (format == "text") return graph::TextTree(graph, graph::TextColor::kNone);
  std::string dot = graph::ToDot(graph);
  if (format == "svg") return DrawSvg(dot);
  return dot;
}

absl::StatusOr<ExitCode> RunRender(Invocation& invocation, const RenderArguments& arguments) {
  ASSIGN_OR_RETURN(const GraphFile file, ReadGraphFile(invocation.console, arguments.graph_path));
  const std::string format = FormatOf(arguments);
  ASSIGN_OR_RETURN(std::string text, Rendered(file.graph, format));
  RETURN_IF_ERROR(
      WriteDocument(invocation, {.format = format, .bytes = std::move(text)}, arguments.path));
  return ExitCode::kOk;
}

}  // namespace

void AddGraphRenderCommand(CLI::App& graph, Invocation& invocation) {
  // Shared, because the parser copies its callbacks.
  const auto arguments = std::make_shared<RenderArguments>();
  CLI::App* command = graph.add_subcommand("render", "Draw a graph");
  AddGraphArgument(*command, arguments->graph_path);
  command
      ->add_option("--format", arguments->format,
                   "dot, svg or text (default: from the ending of -O, else dot)")
      ->type_name("FORMAT")
      ->check(CLI::IsMember({"dot", "svg", "text"}));
  command->add_option("-O,--file", arguments->path, "Write to this file instead of stdout")
      ->type_name("FILE");
  AddFormatOption(*command, invocation);
  command->footer(
      "Examples:\n"
      "  orrery graph render graph.json -O graph.svg\n"
      "  orrery graph render graph.json --format dot | dot -Tpdf -o graph.pdf\n"
      "\n"
      "SVG is drawn by Graphviz's program dot (apt install graphviz); without it the exit code is "
      "6.\n"
      "Dashed edges carry a graph to run or a predicate, thick edges a list that a map runs over.");
  command->callback([arguments, &invocation] {
    invocation.run = [arguments, &invocation] { return RunRender(invocation, *arguments); };
  });
}

}  // namespace orrery::cli
