// run and submit.
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "CLI/App.hpp"
#include "CLI/Config.hpp"
#include "CLI/Formatter.hpp"
#include "base/status_macros.h"
#include "client/cli/commands.h"
#include "client/cli/follow.h"
#include "client/cli/graph/graph_source.h"
#include "client/cli/input_argument.h"
#include "client/cli/json_output.h"
#include "fmt/format.h"
#include "graph/json.h"

namespace orrery::cli {
namespace {

struct SubmitArguments {
  std::string graph_path;
  std::vector<std::string> inputs;
  client::SubmitOptions options;
};

struct RunArguments {
  SubmitArguments submit;
  FollowOptions follow;
};

void AddSubmitOptions(CLI::App& command, SubmitArguments& arguments) {
  command
      .add_option("-f,--file", arguments.graph_path,
                  "The graph: GraphData JSON or a binary message; - reads stdin")
      ->type_name("GRAPH")
      ->required();
  AddInputOption(command, arguments.inputs);
  AddIdOption(command, arguments.options.id);
  command
      .add_option("--name", arguments.options.name,
                  "What people call the workflow (default: the graph's file name)")
      ->type_name("NAME");
  command.add_flag("--clean", arguments.options.clean,
                   "Forget a settled workflow of this id first, with its checkpoints");
  command.add_flag("--wait-for-workers", arguments.options.wait_for_workers,
                   "Accept tasks that no worker offers yet, and wait for one");
  command
      .add_option("--side-effect", arguments.options.side_effects,
                  "A node to run though the output may not need it; may be said several times")
      ->type_name("NODE");
}

absl::StatusOr<graph::Graph> ReadGraph(Console& console, const std::string& path) {
  absl::StatusOr<GraphFile> file = ReadGraphFile(console, path);
  if (file.ok()) return std::move(file->graph);
  // To these commands only a workflow can be not found.
  return absl::InvalidArgumentError(std::string(file.status().message()));
}

// "array_pipeline" of "examples/array_pipeline.json".
std::string NameOfFile(const std::string& path) {
  if (path == kStandardStream) return "";
  std::string name = path.substr(path.find_last_of('/') + 1);
  if (const std::size_t dot = name.rfind('.'); dot != std::string::npos && dot > 0) {
    name.resize(dot);
  }
  return name;
}

absl::StatusOr<client::Submitted> Submit(Invocation& invocation, client::Client& client,
                                         const SubmitArguments& arguments) {
  ASSIGN_OR_RETURN(graph::Graph graph, ReadGraph(invocation.console, arguments.graph_path));
  ASSIGN_OR_RETURN(const std::vector<graph::NamedValue> inputs, ReadInputs(arguments.inputs));
  client::SubmitOptions options = arguments.options;
  if (options.name.empty() && graph.name.empty()) options.name = NameOfFile(arguments.graph_path);
  return client.Submit(options, std::move(graph), inputs);
}

absl::StatusOr<ExitCode> RunSubmit(Invocation& invocation, const SubmitArguments& arguments) {
  ASSIGN_OR_RETURN(client::Client client, Connect(invocation));
  ASSIGN_OR_RETURN(const client::Submitted submitted, Submit(invocation, client, arguments));
  if (invocation.is_json()) {
    ASSIGN_OR_RETURN(client::Workflow workflow, client.Get(submitted.id));
    RETURN_IF_ERROR(PrintWorkflow(invocation, client, std::move(workflow)));
  } else {
    invocation.console.out << submitted.id.ToString() << std::endl;
  }
  return ExitCode::kOk;
}

absl::StatusOr<ExitCode> RunRun(Invocation& invocation, const RunArguments& arguments) {
  ASSIGN_OR_RETURN(client::Client client, Connect(invocation));
  ASSIGN_OR_RETURN(const client::Submitted submitted, Submit(invocation, client, arguments.submit));
  if (!arguments.follow.is_quiet) {
    invocation.console.err << "workflow " << submitted.id.ToString()
                           << (submitted.is_repeated ? " was submitted before" : " submitted")
                           << std::endl;
  }
  return Follow(invocation, client, submitted.id, arguments.follow);
}

}  // namespace

void AddSubmitCommands(CLI::App& app, Invocation& invocation) {
  // Shared, because the parser copies its callbacks.
  const auto run = std::make_shared<RunArguments>();
  CLI::App* command = app.add_subcommand("run", "Submit a graph, wait for it, print its outputs");
  AddSubmitOptions(*command, run->submit);
  AddFollowOptions(*command, run->follow);
  AddCommonOptions(*command, invocation);
  command->footer(
      "Examples:\n"
      "  orrery run -f graph.json\n"
      "  orrery run -f graph.json -i inputs.json -i 'x=[1, 2]' -i data:array.npy\n"
      "  orrery run -f graph.json --id 207 --clean -o json\n"
      "\n"
      "-i takes what stands before the first = or : for the port; write ./a=b.json for a file of\n"
      "that name. Ctrl-C leaves the workflow running.");
  command->callback([run, &invocation] {
    invocation.run = [run, &invocation] { return RunRun(invocation, *run); };
  });

  const auto submit = std::make_shared<SubmitArguments>();
  command = app.add_subcommand("submit", "Submit a graph and print the workflow's id");
  AddSubmitOptions(*command, *submit);
  AddCommonOptions(*command, invocation);
  command->footer(
      "Examples:\n"
      "  orrery submit -f graph.json -i n=50\n"
      "  orrery wait $(orrery submit -f graph.json)");
  command->callback([submit, &invocation] {
    invocation.run = [submit, &invocation] { return RunSubmit(invocation, *submit); };
  });
}

}  // namespace orrery::cli
