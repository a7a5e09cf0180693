#include "client/cli/graph/graph_commands.h"

#include "CLI/App.hpp"
#include "CLI/Config.hpp"
#include "CLI/Formatter.hpp"

namespace orrery::cli {

void AddGraphCommands(CLI::App& app, Invocation& invocation) {
  CLI::App* graph = app.add_subcommand("graph", "Check, show, draw and convert graphs in files");
  graph->require_subcommand(1);
  graph->footer(
      "Examples:\n"
      "  orrery graph check graph.json\n"
      "  orrery graph show graph.json\n"
      "  orrery graph render graph.json -O graph.svg\n"
      "  orrery graph convert graph.json graph.pb\n"
      "\n"
      "These commands need no controller. They read GraphData JSON or a binary\n"
      "orrery.graph.v1.Graph; - is standard input.");
  AddGraphCheckCommand(*graph, invocation);
  AddGraphShowCommand(*graph, invocation);
  AddGraphRenderCommand(*graph, invocation);
  AddGraphConvertCommand(*graph, invocation);
}

CLI::Option* AddGraphArgument(CLI::App& command, std::string& path) {
  return command
      .add_option("graph", path,
                  "File of the graph, GraphData JSON or a binary message; - reads stdin")
      ->type_name("FILE")
      ->required();
}

}  // namespace orrery::cli
