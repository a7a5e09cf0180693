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
#include "client/cli/json_output.h"
#include "fmt/format.h"

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

// Follows the workflow to its end, or if detached prints its id.
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
    graph::List locations;
    for (const graph::Location& location : plan.again_locations) {
      locations.emplace_back(location.ToString());
    }
    PrintJson(
        invocation.console,
        {{"kept", plan.kept}, {"again", plan.again}, {"again_locations", std::move(locations)}});
    return ExitCode::kOk;
  }
  out << fmt::format("reused:    {}\nrun again: {}\n", plan.kept, plan.again);
  for (const graph::Location& location : plan.again_locations) {
    out << "  " << location.ToString() << "\n";
  }
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
  ASSIGN_OR_RETURN(arguments.options.inputs, ReadInputs(invocation.console, arguments.inputs));
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

// Adds the options that the three commands share.
void AddRerunOptions(CLI::App& command, Invocation& invocation, RerunArguments& arguments) {
  AddWorkflowArgument(command, arguments.workflow);
  command.add_flag("--dry-run", arguments.is_dry,
                   "Change nothing; print which finished nodes would run again");
  command.add_flag("-d,--detach", arguments.is_detached,
                   "Print the workflow's id and do not wait for its end");
  AddCacheOption(command, arguments.options.cache_mode, "the mode of the earlier run");
  AddFollowOptions(command, arguments.follow);
  AddCommonOptions(command, invocation);
}

void AddResumeCommand(CLI::App& app, Invocation& invocation) {
  // Shared, because the parser copies its callbacks.
  const auto arguments = std::make_shared<RerunArguments>();
  CLI::App* command = app.add_subcommand("resume", "Continue a failed or cancelled workflow");
  AddRerunOptions(*command, invocation, *arguments);
  command->footer(
      "Reuses the outcomes of finished nodes; runs the nodes that failed, were running or had not\n"
      "begun.\n"
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
  CLI::App* command = app.add_subcommand(
      "restart", "Run a node of a workflow again, and every node that depends on it");
  command
      ->add_option(
          "--node", arguments->options.from,
          "Location of the node, such as -.N3 or -.N5.M1.N2; includes every node in an eval, "
          "loop or map")
      ->type_name("LOCATION")
      ->required();
  AddRerunOptions(*command, invocation, *arguments);
  command->footer(
      "The workflow keeps its id and reuses the outcomes of nodes that do not depend on this "
      "node.\n"
      "`orrery rerun WF --from LOCATION` starts a new workflow instead.\n"
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
      "rerun", "Run a workflow again as a new one that reuses outcomes that are still valid");
  command
      ->add_option(
          "--from", arguments->options.from,
          "Location of a node to run again with every node that depends on it, such as -.N3")
      ->type_name("LOCATION");
  command
      ->add_option("--set", arguments->inputs,
                   "Input to change: port=JSON, port:path, or a JSON file; may be repeated")
      ->type_name("INPUT")
      ->allow_extra_args(false);
  AddIdOption(*command, arguments->options.id);
  AddRerunOptions(*command, invocation, *arguments);
  command->footer(
      "Reuses the outcomes of nodes that have the same inputs and do not depend on the node at "
      "--from.\n"
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
