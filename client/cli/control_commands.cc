// cancel, pause and unpause.
#include <memory>
#include <string>
#include <string_view>

#include "CLI/App.hpp"
#include "CLI/Config.hpp"
#include "CLI/Formatter.hpp"
#include "base/status_macros.h"
#include "client/cli/commands.h"
#include "client/cli/json_output.h"
#include "graph/json.h"

namespace orrery::cli {
namespace {

struct ControlArguments {
  Uuid id;
  std::string reason;
  std::string location;
};

// Prints the workflow as JSON, or the line `what`.
absl::StatusOr<ExitCode> Report(Invocation& invocation, client::Client& client, const Uuid& id,
                                std::string_view what) {
  if (invocation.is_json()) {
    ASSIGN_OR_RETURN(const client::Workflow workflow, client.Get(id));
    PrintJson(invocation.console, WorkflowDetailsToJson(workflow));
  } else {
    invocation.console.err << what << std::endl;
  }
  return ExitCode::kOk;
}

absl::StatusOr<ExitCode> RunCancel(Invocation& invocation, const ControlArguments& arguments) {
  ASSIGN_OR_RETURN(client::Client client, Connect(invocation));
  RETURN_IF_ERROR(client.Cancel(arguments.id, arguments.reason, arguments.location));
  const std::string workflow = "workflow " + arguments.id.ToString();
  return Report(invocation, client, arguments.id,
                arguments.location.empty() ? workflow + " cancelled"
                                           : arguments.location + " of " + workflow + " cancelled");
}

absl::StatusOr<ExitCode> RunPause(Invocation& invocation, const Uuid& id) {
  ASSIGN_OR_RETURN(client::Client client, Connect(invocation));
  RETURN_IF_ERROR(client.Pause(id));
  return Report(invocation, client, id, "workflow " + id.ToString() + " paused");
}

absl::StatusOr<ExitCode> RunUnpause(Invocation& invocation, const Uuid& id) {
  ASSIGN_OR_RETURN(client::Client client, Connect(invocation));
  RETURN_IF_ERROR(client.Unpause(id));
  return Report(invocation, client, id, "workflow " + id.ToString() + " unpaused");
}

void AddCancelCommand(CLI::App& app, Invocation& invocation) {
  // Shared, because the parser copies its callbacks.
  const auto arguments = std::make_shared<ControlArguments>();
  CLI::App* command =
      app.add_subcommand("cancel", "Stop a workflow or a part of it; `orrery resume` continues it");
  AddWorkflowArgument(*command, arguments->id);
  command
      ->add_option(
          "--node", arguments->location,
          "Cancel only this node, such as -.N3 or -.N5.M1.N2, with every node in it; it then "
          "has failed")
      ->type_name("LOCATION");
  command->add_option("--reason", arguments->reason, "Reason, stored with the workflow")
      ->type_name("TEXT");
  AddCommonOptions(*command, invocation);
  command->footer(
      "Running tasks are told to stop; the workflow does not wait for a task that ignores this.\n"
      "\n"
      "Examples:\n"
      "  orrery cancel 207 --reason 'wrong input'\n"
      "  orrery cancel 207 --node -.N5.M1");
  command->callback([arguments, &invocation] {
    invocation.run = [arguments, &invocation] { return RunCancel(invocation, *arguments); };
  });
}

}  // namespace

void AddControlCommands(CLI::App& app, Invocation& invocation) {
  AddCancelCommand(app, invocation);

  const auto pause = std::make_shared<Uuid>();
  CLI::App* command = app.add_subcommand(
      "pause", "Stop assigning tasks of a workflow to workers until `orrery unpause`");
  AddWorkflowArgument(*command, *pause);
  AddCommonOptions(*command, invocation);
  command->footer(
      "Workers finish the attempts that they hold. A workflow stays paused across a restart of "
      "the\n"
      "controller.\n"
      "\n"
      "Examples:\n"
      "  orrery pause 207");
  command->callback([pause, &invocation] {
    invocation.run = [pause, &invocation] { return RunPause(invocation, *pause); };
  });

  const auto unpause = std::make_shared<Uuid>();
  command = app.add_subcommand("unpause", "Continue a paused workflow");
  AddWorkflowArgument(*command, *unpause);
  AddCommonOptions(*command, invocation);
  command->footer(
      "Examples:\n"
      "  orrery unpause 207");
  command->callback([unpause, &invocation] {
    invocation.run = [unpause, &invocation] { return RunUnpause(invocation, *unpause); };
  });
}

}  // namespace orrery::cli
