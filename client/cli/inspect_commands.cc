// list and show.
#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "CLI/App.hpp"
#include "CLI/Config.hpp"
#include "CLI/Formatter.hpp"
#include "absl/time/clock.h"
#include "base/status_macros.h"
#include "base/time_text.h"
#include "client/cli/commands.h"
#include "client/cli/json_output.h"
#include "client/cli/listing.h"
#include "client/cli/progress.h"
#include "client/cli/text_output.h"

namespace orrery::cli {
namespace {

struct ListArguments {
  std::size_t limit = 100;
  bool is_unlimited = false;
};

absl::StatusOr<ExitCode> RunList(Invocation& invocation, const ListArguments& arguments) {
  ASSIGN_OR_RETURN(client::Client client, Connect(invocation));
  ASSIGN_OR_RETURN(const Listing listing,
                   ListWorkflows(client, arguments.is_unlimited ? kUnlimited : arguments.limit));
  Console& console = invocation.console;
  if (invocation.is_json()) {
    graph::List workflows;
    for (const client::Workflow& workflow : listing.workflows) {
      workflows.emplace_back(ListEntryToJson(workflow));
    }
    PrintJson(console, {{"workflows", std::move(workflows)}, {"has_more", listing.has_more}});
    return ExitCode::kOk;
  }
  const absl::Time now = absl::Now();
  std::vector<std::vector<std::string>> rows = {
      {"WORKFLOW", "STATUS", "SUBMITTED", "TOOK", "NODES", "NAME"}};
  for (const client::Workflow& workflow : listing.workflows) {
    rows.push_back({workflow.id.ToString(), std::string(client::StatusName(workflow.status)),
                    FormatTimestamp(workflow.submitted_at), DescribeElapsed(workflow, now),
                    DescribeCounts(workflow.nodes), workflow.name});
  }
  console.out << FormatTable(rows) << std::flush;
  if (listing.has_more) console.err << "more workflows exist: use --limit N or --all" << std::endl;
  return ExitCode::kOk;
}

absl::StatusOr<ExitCode> RunShow(Invocation& invocation, const Uuid& id) {
  ASSIGN_OR_RETURN(client::Client client, Connect(invocation));
  ASSIGN_OR_RETURN(const client::Workflow workflow, client.Get(id));
  if (invocation.is_json()) {
    PrintJson(invocation.console, WorkflowDetailsToJson(workflow));
  } else {
    invocation.console.out << DescribeWorkflow(workflow, absl::Now()) << std::flush;
  }
  return ExitCode::kOk;
}

void AddListCommand(CLI::App& app, Invocation& invocation) {
  // Shared, because the parser copies its callbacks.
  const auto arguments = std::make_shared<ListArguments>();
  CLI::App* command = app.add_subcommand("list", "List workflows, newest first");
  CLI::Option* limit = command->add_option("-n,--limit", arguments->limit, "List at most this many")
                           ->type_name("N")
                           ->check(CLI::PositiveNumber)
                           ->capture_default_str();
  command->add_flag("--all", arguments->is_unlimited, "List all workflows")->excludes(limit);
  AddCommonOptions(*command, invocation);
  command->footer(
      "Examples:\n"
      "  orrery list -n 20\n"
      "  orrery list --all -o json");
  command->callback([arguments, &invocation] {
    invocation.run = [arguments, &invocation] { return RunList(invocation, *arguments); };
  });
}

}  // namespace

void AddInspectCommands(CLI::App& app, Invocation& invocation) {
  AddListCommand(app, invocation);

  const auto id = std::make_shared<Uuid>();
  CLI::App* command = app.add_subcommand("show", "Show a workflow as it is now");
  AddWorkflowArgument(*command, *id);
  AddCommonOptions(*command, invocation);
  command->footer(
      "Examples:\n"
      "  orrery show 207\n"
      "  orrery show 207 -o json");
  command->callback([id, &invocation] {
    invocation.run = [id, &invocation] { return RunShow(invocation, *id); };
  });
}

}  // namespace orrery::cli
