// wait and watch.
#include <memory>
#include <optional>
#include <string>

#include "CLI/App.hpp"
#include "CLI/Config.hpp"
#include "CLI/Formatter.hpp"
#include "absl/time/clock.h"
#include "base/status_macros.h"
#include "client/cli/commands.h"
#include "client/cli/follow.h"
#include "client/cli/interrupt.h"
#include "client/cli/progress.h"
#include "client/cli/text_output.h"

namespace orrery::cli {
namespace {

struct WaitArguments {
  Uuid id;
  FollowOptions follow;
};

absl::StatusOr<ExitCode> RunWait(Invocation& invocation, const WaitArguments& arguments) {
  ASSIGN_OR_RETURN(client::Client client, Connect(invocation));
  return Follow(invocation, client, arguments.id, arguments.follow);
}

// Prints a line on standard output for each change; `wait` prints the end only.
absl::StatusOr<ExitCode> RunWatch(Invocation& invocation, const WaitArguments& arguments) {
  if (invocation.is_json()) return RunWait(invocation, arguments);
  ASSIGN_OR_RETURN(client::Client client, Connect(invocation));
  Console& console = invocation.console;
  absl::StatusOr<client::Workflow> settled = [&]() {
    const InterruptNotice notice({.err = "\n" + InterruptHint(arguments.id) + "\n"});
    return client.Watch(arguments.id, arguments.follow.timeout,
                        [&console](const client::Workflow& workflow) {
                          console.out << DescribeChange(workflow, absl::Now()) << std::endl;
                        });
  }();
  RETURN_IF_ERROR(settled.status());
  const ExitCode code = ExitCodeFor(settled->status);
  RETURN_IF_ERROR(PrintWorkflow(invocation, client, *std::move(settled)));
  return code;
}

}  // namespace

void AddWaitCommands(CLI::App& app, Invocation& invocation) {
  // Shared, because the parser copies its callbacks.
  const auto wait = std::make_shared<WaitArguments>();
  CLI::App* command = app.add_subcommand("wait", "Wait for a workflow and print its outputs");
  AddWorkflowArgument(*command, wait->id);
  AddFollowOptions(*command, wait->follow);
  AddCommonOptions(*command, invocation);
  command->footer(
      "Examples:\n"
      "  orrery wait 207\n"
      "  orrery wait 207 --timeout 60 || echo \"exit code $?\"");
  command->callback([wait, &invocation] {
    invocation.run = [wait, &invocation] { return RunWait(invocation, *wait); };
  });

  const auto watch = std::make_shared<WaitArguments>();
  command = app.add_subcommand("watch", "Follow a workflow, a line for each change, until it ends");
  AddWorkflowArgument(*command, watch->id);
  AddFollowOptions(*command, watch->follow);
  AddCommonOptions(*command, invocation);
  command->footer(
      "Examples:\n"
      "  orrery watch 207");
  command->callback([watch, &invocation] {
    invocation.run = [watch, &invocation] { return RunWatch(invocation, *watch); };
  });
}

}  // namespace orrery::cli
