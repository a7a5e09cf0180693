// explain.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "CLI/App.hpp"
#include "CLI/Config.hpp"
#include "CLI/Formatter.hpp"
#include "base/shown_text.h"
#include "base/status_macros.h"
#include "base/time_text.h"
#include "client/cli/commands.h"
#include "client/cli/json_output.h"
#include "client/cli/text_output.h"
#include "fmt/format.h"

namespace orrery::cli {
namespace {

struct ExplainArguments {
  Uuid id;
  std::string location;
  // A location without --node.
  std::vector<std::string> rest;
};

graph::Object NodeToJson(const client::NodeExplanation& node) {
  return {{"location", node.location.ToString()},
          {"function", node.function_name},
          {"state", node.state},
          {"reasons", graph::List(node.reasons.begin(), node.reasons.end())},
          {"output", OutputToJson(node.output)},
          {"earlier_attempts", AttemptsToJson(node.earlier)}};
}

std::string DescribeNode(const client::NodeExplanation& node) {
  std::string text = fmt::format("\n{}  {}  {}", node.location.ToString(),
                                 ShownText(node.function_name), ShownText(node.state));
  for (const std::string& reason : node.reasons) text += "\n  " + ShownLines(reason, "    ");
  text += DescribeOutput(node.output, "  ");
  for (const client::AttemptFailure& earlier : node.earlier) {
    text +=
        fmt::format("\n  attempt {} on worker {} at {} ended {}: {}", earlier.attempt.ToString(),
                    ShownText(earlier.worker), ShownText(earlier.host), FormatTimestamp(earlier.at),
                    ShownLines(earlier.message, "    "));
    text += DescribeOutput(earlier.output, "    ");
  }
  return text + "\n";
}

absl::StatusOr<ExitCode> RunExplain(Invocation& invocation, const ExplainArguments& arguments) {
  const std::string& location = arguments.rest.empty() ? arguments.location : arguments.rest[0];
  const bool is_wrong =
      !location.empty() && (!location.starts_with("-") || location.starts_with("--"));
  if (arguments.rest.size() > 1 || is_wrong) {
    return absl::InvalidArgumentError(
        fmt::format("unexpected argument '{}': expected one location, such as -.N3.L2.N1",
                    arguments.rest.empty() ? location : arguments.rest.back()));
  }
  ASSIGN_OR_RETURN(client::Client client, Connect(invocation));
  ASSIGN_OR_RETURN(const client::Explanation explanation, client.Explain(arguments.id, location));
  std::ostream& out = invocation.console.out;
  if (invocation.is_json()) {
    graph::List nodes;
    for (const client::NodeExplanation& node : explanation.nodes) nodes.push_back(NodeToJson(node));
    PrintJson(invocation.console,
              {{"workflow", arguments.id.ToString()},
               {"status", client::StatusName(explanation.status)},
               {"reasons", graph::List(explanation.reasons.begin(), explanation.reasons.end())},
               {"nodes", std::move(nodes)},
               {"has_more", explanation.has_more}});
    return ExitCode::kOk;
  }
  out << fmt::format("workflow {}: {}\n", arguments.id.ToString(),
                     client::StatusName(explanation.status));
  for (const std::string& reason : explanation.reasons) {
    out << "  " << ShownLines(reason, "    ") << "\n";
  }
  for (const client::NodeExplanation& node : explanation.nodes) out << DescribeNode(node);
  if (explanation.nodes.empty() && !location.empty()) {
    out << "\n" << location << ": no such node, or it has not begun yet\n";
  }
  if (explanation.has_more) out << "\nmore nodes match; give a location to see them\n";
  out << std::flush;
  return ExitCode::kOk;
}

}  // namespace

void AddExplainCommand(CLI::App& app, Invocation& invocation) {
  // Shared, because the parser copies its callbacks.
  const auto arguments = std::make_shared<ExplainArguments>();
  CLI::App* command = app.add_subcommand(
      "explain",
      "Explain why a workflow or node waits, has failed, ran again, or did not have to run");
  AddWorkflowArgument(*command, arguments->id);
  command
      ->add_option(
          "--node", arguments->location,
          "Location of a node, such as -.N3 or -.N5.M1.N2; --node may be left out; includes "
          "every node in an eval, loop or map")
      ->type_name("LOCATION");
  AddCommonOptions(*command, invocation);
  command->footer(
      "Examples:\n"
      "  orrery explain 207\n"
      "  orrery explain 207 -.N3");
  // The parser takes a location for an option.
  command->allow_extras();
  command->callback([command, arguments, &invocation] {
    arguments->rest = command->remaining();
    invocation.run = [arguments, &invocation] { return RunExplain(invocation, *arguments); };
  });
}

}  // namespace orrery::cli
