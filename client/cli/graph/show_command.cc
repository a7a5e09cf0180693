// graph show: prints a graph as text, or counts of its nodes as JSON.
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "CLI/App.hpp"
#include "CLI/Config.hpp"
#include "CLI/Formatter.hpp"
#include "base/status_macros.h"
#include "client/cli/graph/graph_commands.h"
#include "client/cli/graph/graph_file.h"
#include "client/cli/json_output.h"
#include "graph/render/summary.h"
#include "graph/render/text_tree.h"

namespace orrery::cli {
namespace {

graph::List ListOf(const std::vector<std::string>& names) { return {names.begin(), names.end()}; }

graph::Object CountsOf(const std::map<std::string, std::size_t>& counts) {
  graph::Object object;
  for (const auto& [name, count] : counts) object.emplace_back(name, count);
  return object;
}

graph::Object SummaryToJson(const std::string& name, const graph::GraphSummary& summary) {
  return {{"name", name},
          {"nodes", summary.node_count},
          {"kinds", CountsOf(summary.node_counts_by_kind)},
          {"tasks", CountsOf(summary.call_counts_by_task)},
          {"inputs", ListOf(summary.inputs)},
          {"fixed_inputs", ListOf(summary.fixed_inputs)},
          {"outputs", ListOf(summary.outputs)},
          {"loops", ListOf(summary.loops)},
          {"depth", summary.depth}};
}

absl::StatusOr<ExitCode> RunShow(Invocation& invocation, const std::string& path) {
  Console& console = invocation.console;
  ASSIGN_OR_RETURN(const GraphFile file, ReadGraphFile(console, path));
  if (invocation.is_json()) {
    PrintJson(console, SummaryToJson(file.graph.name, graph::Summarize(file.graph)));
  } else {
    const auto color = console.has_out_color ? graph::TextColor::kAnsi : graph::TextColor::kNone;
    console.colors_out() << graph::TextTree(file.graph, color) << std::flush;
  }
  return ExitCode::kOk;
}

}  // namespace

void AddGraphShowCommand(CLI::App& graph, Invocation& invocation) {
  // Shared, because the parser copies its callbacks.
  const auto path = std::make_shared<std::string>();
  CLI::App* command = graph.add_subcommand("show", "Show a graph as text, with nested graphs");
  AddGraphArgument(*command, *path);
  AddFormatOption(*command, invocation);
  command->footer(
      "Examples:\n"
      "  orrery graph show graph.json\n"
      "  orrery graph show graph.json -o json\n"
      "\n"
      "Prints one line for each node: index, kind, name or value, and each input with the "
      "node.port\n"
      "it comes from. An input that a map runs over is marked \"each\". With -o json: counts by "
      "kind\n"
      "and task, inputs, outputs, loops, depth.");
  command->callback([path, &invocation] {
    invocation.run = [path, &invocation] { return RunShow(invocation, *path); };
  });
}

}  // namespace orrery::cli
