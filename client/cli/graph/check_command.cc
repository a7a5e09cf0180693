// graph check: prints the problems of a graph, without a controller.
#include <algorithm>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "CLI/App.hpp"
#include "CLI/Config.hpp"
#include "CLI/Formatter.hpp"
#include "base/status_macros.h"
#include "client/cli/graph/graph_commands.h"
#include "client/cli/graph/graph_file.h"
#include "client/cli/graph/offline_check.h"
#include "client/cli/input_argument.h"
#include "client/cli/input_file.h"
#include "client/cli/json_output.h"
#include "fmt/format.h"
#include "graph/builtins/builtin.h"
#include "graph/catalog_json.h"

namespace orrery::cli {
namespace {

struct CheckArguments {
  std::string graph_path;
  std::vector<std::string> catalog_paths;
  std::vector<std::string> inputs;
};

absl::StatusOr<std::vector<graph::Catalog>> ReadCatalogs(Console& console,
                                                         const std::vector<std::string>& paths) {
  std::vector<graph::Catalog> catalogs = {graph::BuiltinCatalog()};
  for (const std::string& path : paths) {
    ASSIGN_OR_RETURN(const std::string text, ReadInputFile(console, path, kGraphFileBytes));
    absl::StatusOr<std::vector<graph::Catalog>> read = graph::ParseCatalogsJson(text);
    if (!read.ok()) {
      return absl::InvalidArgumentError(
          fmt::format("{}: {}", path, std::string(read.status().message())));
    }
    std::ranges::move(*read, std::back_inserter(catalogs));
  }
  return catalogs;
}

absl::StatusOr<ExitCode> RunCheck(Invocation& invocation, const CheckArguments& arguments) {
  ASSIGN_OR_RETURN(const GraphFile file, ReadGraphFile(invocation.console, arguments.graph_path));
  ASSIGN_OR_RETURN(const std::vector<graph::Catalog> catalogs,
                   ReadCatalogs(invocation.console, arguments.catalog_paths));
  std::optional<std::vector<graph::NamedValue>> inputs;
  if (!arguments.inputs.empty()) {
    ASSIGN_OR_RETURN(inputs, ReadInputs(invocation.console, arguments.inputs));
  }
  const CheckReport report = CheckOffline(file.graph, catalogs, inputs);
  if (invocation.is_json()) {
    PrintJson(invocation.console, ReportToJson(report));
  } else {
    invocation.console.out << DescribeReport(report, SourceName(arguments.graph_path))
                           << std::flush;
  }
  return report.problems.empty() ? ExitCode::kOk : ExitCode::kInvalidInput;
}

}  // namespace

void AddGraphCheckCommand(CLI::App& graph, Invocation& invocation) {
  // Shared, because the parser copies its callbacks.
  const auto arguments = std::make_shared<CheckArguments>();
  CLI::App* command = graph.add_subcommand("check", "Find every problem of a graph");
  AddGraphArgument(*command, arguments->graph_path);
  command
      ->add_option("--catalog", arguments->catalog_paths,
                   "Catalog of a worker, as `<worker> --catalog` prints it; may be repeated")
      ->type_name("FILE")
      ->allow_extra_args(false);
  AddInputOption(*command, arguments->inputs);
  AddFormatOption(*command, invocation);
  command->footer(
      "Examples:\n"
      "  orrery graph check graph.json\n"
      "  scipy_worker --catalog > scipy.json && orrery graph check graph.json --catalog "
      "scipy.json\n"
      "  orrery graph check graph.json -i n=50 -o json\n"
      "\n"
      "Prints one line for each problem; the exit code is 0 if there are no problems, else 3.\n"
      "Checks builtins always, and tasks of a worker if its catalog is given. With -i, checks the\n"
      "inputs, too.");
  command->callback([arguments, &invocation] {
    invocation.run = [arguments, &invocation] { return RunCheck(invocation, *arguments); };
  });
}

}  // namespace orrery::cli
