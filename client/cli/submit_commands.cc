// run and submit.
#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "CLI/App.hpp"
#include "CLI/Config.hpp"
#include "CLI/Formatter.hpp"
#include "base/shown_text.h"
#include "base/status_macros.h"
#include "client/cli/commands.h"
#include "client/cli/follow.h"
#include "client/cli/graph/graph_file.h"
#include "client/cli/input_argument.h"
#include "client/cli/input_file.h"
#include "client/cli/json_output.h"
#include "fmt/format.h"
#include "graph/json.h"

namespace orrery::cli {
namespace {

enum class OnFailure { kFinish, kContinue };

struct SubmitArguments {
  std::string graph_path;
  std::vector<std::string> inputs;
  std::vector<std::string> policies;
  OnFailure on_failure = OnFailure::kFinish;
  std::optional<client::CacheMode> cache_mode;
  client::SubmitOptions options;
};

struct RunArguments {
  SubmitArguments submit;
  FollowOptions follow;
};

std::vector<std::string_view> SplitFields(std::string_view text) {
  std::vector<std::string_view> fields;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    fields.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return fields;
}

void AddSubmitOptions(CLI::App& command, SubmitArguments& arguments) {
  command
      .add_option("-f,--file", arguments.graph_path,
                  "File of the graph, GraphData JSON or a binary message; - reads stdin")
      ->type_name("GRAPH")
      ->required();
  AddInputOption(command, arguments.inputs);
  AddIdOption(command, arguments.options.id);
  command
      .add_option(
          "--name", arguments.options.name,
          "Name of the workflow, for people (default: the name of the graph, else of its file)")
      ->type_name("NAME");
  command.add_flag("--clean", arguments.options.clean,
                   "Delete a settled workflow with this id first, and its checkpoints");
  command.add_flag("--wait-for-workers", arguments.options.wait_for_workers,
                   "Accept tasks that no worker offers yet, and wait for a worker");
  command
      .add_option("--side-effect", arguments.options.side_effects,
                  "Index of a node to run even if no output needs it; may be repeated")
      ->type_name("NODE");
  command
      .add_option(
          "--policy", arguments.policies,
          "Failure policy of a task, or of all (*), as TASK:FIELD=NUMBER,...; fields: attempts, "
          "and in seconds backoff, run_timeout, queue_timeout; overrides the graph; may be "
          "repeated")
      ->type_name("POLICY")
      ->allow_extra_args(false);
  command
      .add_option(
          "--on-failure", arguments.on_failure,
          "After a node has failed: finish running attempts only, or continue with the nodes "
          "that do not depend on it (default: finish)")
      ->transform(CLI::Transformer(std::map<std::string, OnFailure>{
          {"finish", OnFailure::kFinish}, {"continue", OnFailure::kContinue}}))
      ->type_name("finish|continue");
  AddCacheOption(command, arguments.cache_mode, "use");
}

// "worker.task:attempts=3,backoff=0.5"
absl::Status ReadPolicy(const std::string& text, graph::FailureRules& rules) {
  const auto fail = [&](std::string_view why) {
    return absl::InvalidArgumentError(
        fmt::format("invalid --policy \"{}\": {}; expected TASK:FIELD=NUMBER,... such as "
                    "'*:attempts=3,backoff=0.5'",
                    text, why));
  };
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos || colon == 0) return fail("no task");
  graph::Object fields;
  for (const std::string_view field : SplitFields(std::string_view(text).substr(colon + 1))) {
    const std::size_t equals = field.find('=');
    if (equals == std::string_view::npos) return fail("no = in a field");
    absl::StatusOr<graph::Datum> number = graph::ParseJsonInRange(field.substr(equals + 1));
    if (!number.ok()) return fail(fmt::format("no number in {}", field));
    fields.emplace_back(std::string(field.substr(0, equals)), *std::move(number));
  }
  const absl::StatusOr<graph::FailurePolicy> policy = graph::PolicyFromDatum(fields);
  if (!policy.ok()) return fail(std::string(policy.status().message()));
  graph::FailurePolicy& rule = rules.policies[text.substr(0, colon)];
  rule = graph::Combine(*policy, rule);
  return absl::OkStatus();
}

absl::StatusOr<graph::Graph> ReadGraph(Console& console, const std::string& path) {
  absl::StatusOr<GraphFile> file = ReadGraphFile(console, path);
  if (file.ok()) return std::move(file->graph);
  // kNotFound would mean "no such workflow" here.
  return absl::InvalidArgumentError(std::string(file.status().message()));
}

// Returns "array_pipeline" for "examples/array_pipeline.json".
std::string NameOfFile(const std::string& path) {
  if (path == kStandardStream) return "";
  std::string name = path.substr(path.find_last_of('/') + 1);
  if (const std::size_t dot = name.rfind('.'); dot != std::string::npos && dot > 0) {
    name.resize(dot);
  }
  return ShownText(name);
}

absl::StatusOr<client::Submitted> Submit(Invocation& invocation, client::Client& client,
                                         const SubmitArguments& arguments) {
  ASSIGN_OR_RETURN(graph::Graph graph, ReadGraph(invocation.console, arguments.graph_path));
  ASSIGN_OR_RETURN(const std::vector<graph::NamedValue> inputs,
                   ReadInputs(invocation.console, arguments.inputs));
  client::SubmitOptions options = arguments.options;
  for (const std::string& policy : arguments.policies) {
    RETURN_IF_ERROR(ReadPolicy(policy, options.failure_rules));
  }
  options.cache_mode = arguments.cache_mode.value_or(options.cache_mode);
  options.failure_rules.continues = arguments.on_failure == OnFailure::kContinue;
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
                           << (submitted.is_repeated ? " was already submitted" : " submitted")
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
      "  orrery run -f graph.json --policy '*:attempts=3,backoff=0.5' --on-failure continue\n"
      "  orrery run -f graph.json --cache refresh\n"
      "\n"
      "In -i the port is the text before the first = or :; write ./a=b.json for a file of that "
      "name.\n"
      "Ctrl-C does not stop the workflow.");
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
