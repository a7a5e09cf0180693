// resume, restart and rerun.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "CLI/App.hpp"
#include "CLI/Config.hpp"
#include "CLI/Formatter.hpp"
#include "base/status_macros.h"
#include "client/cli/commands.h"
#include "client/cli/follow.h"
#include "client/cli/input_argument.h"
#include "fmt/format.h"
#include "graph/json.h"

namespace orrery::cli {
namespace {

struct RerunArguments {
  Uuid workflow;
  client::RerunOptions options;
  std::vector<std::string> inputs;
  bool is_dry = false;
  bool is_detached = false;
  FollowOptions follow;
};

// Tells that the workflow runs and, unless detached, follows it to its end.
absl::StatusOr<ExitCode> GoOn(Invocation& invocation, client::Client& client, const Uuid& id,
                              const RerunArguments& arguments) {
  if (!arguments.is_detached) return Follow(invocation, client, id, arguments.follow);
  if (invocation.is_json()) {
    ASSIGN_OR_RETURN(client::Workflow workflow, client.Get(id));
    RETURN_IF_ERROR(PrintWorkflow(invocation, client, std::move(workflow)));
  } else {
    invocation.console.out << id.ToString() << std::endl;
  }
  return ExitCode::kOk;
}

ExitCode PrintPlan(Invocation& invocation, const client::RerunPlan& plan) {
  std::ostream& out = invocation.console.out;
  if (invocation.is_json()) {
    graph::List locations(plan.again_locations.begin(), plan.again_locations.end());
    out << graph::WriteJson(graph::Object{{"kept", plan.kept},
                                          {"again", plan.again},
                                          {"again_locations", std::move(locations)}})
        << std::endl;
    return ExitCode::kOk;
  }
  out << fmt::format("taken over: {}\nrun again:  {}\n", plan.kept, plan.again);
  for (const std::string& location : plan.again_locations) out << "  " << location << "\n";
  if (plan.again > plan.again_locations.size()) {
    out << fmt::format("  and {} more\n", plan.again - plan.again_locations.size());
  }
  out << std::flush;
  return ExitCode::kOk;
}

absl::StatusOr<ExitCode> RunResume(Invocation& invocation, const RerunArguments& arguments) {
  ASSIGN_OR_RETURN(client::Client client, Connect(invocation));
  const client::ResumeOptions resume{.from = arguments.options.from,
                                     .cache_mode = arguments.options.cache_mode};
  if (arguments.is_dry) {
    ASSIGN_OR_RETURN(const client::RerunPlan plan, client.PlanResume(arguments.workflow, resume));
    return PrintPlan(invocation, plan);
  }
  RETURN_IF_ERROR(client.Resume(arguments.workflow, resume));
  return GoOn(invocation, client, arguments.workflow, arguments);
}

absl::StatusOr<ExitCode> RunRerun(Invocation& invocation, RerunArguments arguments) {
  ASSIGN_OR_RETURN(client::Client client, Connect(invocation));
  ASSIGN_OR_RETURN(arguments.options.inputs, ReadInputs(arguments.inputs));
  if (arguments.is_dry) {
    ASSIGN_OR_RETURN(const client::RerunPlan plan,
                     client.PlanRerun(arguments.workflow, arguments.options));
    return PrintPlan(invocation, plan);
  }
  ASSIGN_OR_RETURN(const Uuid id, client.Rerun(arguments.workflow, arguments.options));
  if (!arguments.follow.is_quiet && !arguments.is_detached) {
    invocation.console.err << "workflow " << id.ToString() << " submitted" << std::endl;
  }
  return GoOn(invocation, client, id, arguments);
}

// What all three take.
void AddRerunOptions(CLI::App& command, Invocation& invocation, RerunArguments& arguments) {
  AddWorkflowArgument(command, arguments.workflow);
  command.add_flag("--dry-run", arguments.is_dry,
                   "Only say which nodes that had finished would be run again");
  command.add_flag("-d,--detach", arguments.is_detached,
                   "Print the workflow's id at once, without waiting for its end");
  AddCacheOption(command, arguments.options.cache_mode, "as of the earlier run");
  AddFollowOptions(command, arguments.follow);
  AddCommonOptions(command, invocation);
}

void AddResumeCommand(CLI::App& app, Invocation& invocation) {
  // Shared, because the parser copies its callbacks.
  const auto arguments = std::make_shared<RerunArguments>();
  CLI::App* command =
      app.add_subcommand("resume", "Run a failed or cancelled workflow on, from where it was");
  AddRerunOptions(*command, invocation, *arguments);
  command->footer(
      "What has finished is taken over; what failed, was running or had not begun is run.\n"
      "\n"
      "Examples:\n"
      "  orrery resume 207\n"
      "  orrery resume 207 --detach");
  command->callback([arguments, &invocation] {
    invocation.run = [arguments, &invocation] { return RunResume(invocation, *arguments); };
  });
}

void AddRestartCommand(CLI::App& app, Invocation& invocation) {
  const auto arguments = std::make_shared<RerunArguments>();
  CLI::App* command =
      app.add_subcommand("restart", "Run a node of a workflow again, and all that depends on it");
  command
      ->add_option("--node", arguments->options.from,
                   "The node's location, such as -.N3 or -.N5.M1.N2; an eval, loop or map stands "
                   "for all that is in it")
      ->type_name("LOCATION")
      ->required();
  AddRerunOptions(*command, invocation, *arguments);
  command->footer(
      "The workflow goes on under its id; everything that does not depend on the node is taken\n"
      "over. `orrery rerun WF --from LOCATION` leaves the workflow as it is.\n"
      "\n"
      "Examples:\n"
      "  orrery restart 207 --node -.N7 --dry-run\n"
      "  orrery restart 207 --node -.N7");
  command->callback([arguments, &invocation] {
    invocation.run = [arguments, &invocation] { return RunResume(invocation, *arguments); };
  });
}

void AddRerunCommand(CLI::App& app, Invocation& invocation) {
  const auto arguments = std::make_shared<RerunArguments>();
  CLI::App* command = app.add_subcommand(
      "rerun", "Run a workflow anew as another one, which takes over what is still valid");
  command
      ->add_option("--from", arguments->options.from,
                   "A node's location, such as -.N3, to run again with all that depends on it")
      ->type_name("LOCATION");
  command
      ->add_option("--set", arguments->inputs,
                   "An input to change: port=JSON, port:file, or a JSON file; may be repeated")
      ->type_name("INPUT")
      ->allow_extra_args(false);
  AddIdOption(*command, arguments->options.id);
  AddRerunOptions(*command, invocation, *arguments);
  command->footer(
      "Taken over is what had the same inputs and does not depend on the node at --from.\n"
      "\n"
      "Examples:\n"
      "  orrery rerun 207 --set 'tolerance=1e-6'\n"
      "  orrery rerun 207 --from -.N4 --id 208\n"
      "  orrery rerun 207 --set n=60 --cache off");
  command->callback([arguments, &invocation] {
    invocation.run = [arguments, &invocation] { return RunRerun(invocation, *arguments); };
  });
}

}  // namespace

void AddRerunCommands(CLI::App& app, Invocation& invocation) {
  AddResumeCommand(app, invocation);
  AddRestartCommand(app, invocation);
  AddRerunCommand(app, invocation);
}

}  // namespace orrery::cli
