#include "client/cli/command_line.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "CLI/App.hpp"
#include "CLI/Config.hpp"
#include "CLI/Formatter.hpp"
#include "base/shown_text.h"
#include "base/status_macros.h"
#include "base/utf8.h"
#include "client/cli/commands.h"
#include "client/cli/json_output.h"
#include "fmt/format.h"

namespace orrery::cli {
namespace {

void ReportError(const Invocation& invocation, std::string_view code, std::string_view message) {
  if (invocation.is_json()) {
    PrintJson(invocation.console, {{"error", ErrorToJson(code, message)}});
  } else {
    invocation.console.err << "orrery: " << ShownLines(message, "  ") << std::endl;
  }
}

// Returns whether `words`, which the parser refused, ask for JSON.
bool IsJsonWanted(int count, const char* const* words) {
  for (int i = 1; i < count; ++i) {
    const std::string_view word = words[i];
    if (word == "-ojson" || word == "--output=json") return true;
    if ((word == "-o" || word == "--output") && i + 1 < count) {
      if (std::string_view(words[i + 1]) == "json") return true;
    }
  }
  return false;
}

void AddVersionCommand(CLI::App& app, Invocation& invocation) {
  CLI::App* command = app.add_subcommand("version", "Print the version");
  AddCommonOptions(*command, invocation);
  command->callback([&invocation] {
    invocation.run = [&invocation]() -> absl::StatusOr<ExitCode> {
      if (invocation.is_json()) {
        PrintJson(invocation.console, {{"version", ORRERY_VERSION}});
      } else {
        invocation.console.out << "orrery " << ORRERY_VERSION << std::endl;
      }
      return ExitCode::kOk;
    };
  });
}

void AddCommands(CLI::App& app, Invocation& invocation) {
  app.name("orrery");
  app.require_subcommand(1);
  app.set_version_flag("--version", "orrery " ORRERY_VERSION);
  app.footer(
      "Examples:\n"
      "  orrery dev --registry workers     start a controller and workers on this machine\n"
      "  orrery run -f graph.json -i n=50  run a graph and print its outputs\n"
      "  orrery list                       list workflows, newest first\n"
      "  orrery graph check graph.json     find the problems of a graph without running it\n"
      "\n"
      "Commands connect to --server, else $ORRERY_SERVER, else the controller of this machine.\n"
      "\n" +
      std::string(kExitCodeHelp));
  AddSubmitCommands(app, invocation);
  AddWaitCommands(app, invocation);
  AddRerunCommands(app, invocation);
  AddControlCommands(app, invocation);
  AddInspectCommands(app, invocation);
  AddExplainCommand(app, invocation);
  AddOutputCommand(app, invocation);
  AddTraceCommand(app, invocation);
  AddWorkerCommands(app, invocation);
  AddPoolCommands(app, invocation);
  AddGraphCommands(app, invocation);
  AddBackupCommand(app, invocation);
  AddGcCommand(app, invocation);
  AddOfflineCommands(app, invocation);
  AddDevCommand(app, invocation);
  AddCompletionCommand(app, invocation);
  AddVersionCommand(app, invocation);
}

// Describes the parser's error. The parser reports a missing command before an unknown one.
std::string DescribeUsageError(const CLI::App& app, const CLI::ParseError& error) {
  const std::vector<std::string> rest = app.remaining(/*recurse=*/true);
  if (error.get_name() == "RequiredError" && !rest.empty()) {
    return fmt::format("unknown command '{}': `orrery --help` lists the commands", rest.front());
  }
  return error.what();
}

// Options with a path, which need not be UTF-8, as their type names say.
constexpr std::array<std::string_view, 6> kPathTypes = {"ADDRESS", "DIR",   "FILE",
                                                        "GRAPH",   "INPUT", "OUT"};

// Checks that the words which become text of a request are UTF-8, whichever command they are for.
absl::Status CheckWords(const CLI::App& app) {
  for (const CLI::Option* option : app.get_options()) {
    if (std::ranges::find(kPathTypes, option->get_type_name()) != kPathTypes.end()) continue;
    for (const std::string& word : option->results()) {
      if (IsValidUtf8(word)) continue;
      return absl::InvalidArgumentError(
          fmt::format("{} is \"{}\", which is not UTF-8: write the text in UTF-8 (only paths may "
                      "be other bytes)",
                      option->get_name(), ShownText(word)));
    }
  }
  for (const std::string& word : app.remaining()) {
    if (IsValidUtf8(word)) continue;
    return absl::InvalidArgumentError(
        fmt::format("the argument \"{}\" is not UTF-8", ShownText(word)));
  }
  for (const CLI::App* command : app.get_subcommands()) RETURN_IF_ERROR(CheckWords(*command));
  return absl::OkStatus();
}

}  // namespace

ExitCode RunCommandLine(int count, const char* const* words, Console& console) {
  Invocation invocation{.console = console};
  CLI::App app("Runs typed graphs of tasks on long-running workers.");
  AddCommands(app, invocation);
  try {
    app.parse(count, words);
  } catch (const CLI::ParseError& error) {
    // --help and --version are exceptions, too.
    if (error.get_exit_code() == 0) {
      app.exit(error, console.out, console.err);
      return ExitCode::kOk;
    }
    if (IsJsonWanted(count, words)) invocation.format = OutputFormat::kJson;
    ReportError(invocation, "usage", DescribeUsageError(app, error));
    if (!invocation.is_json()) console.err << "Run with --help for more information." << std::endl;
    return ExitCode::kUsage;
  }
  if (const absl::Status status = CheckWords(app); !status.ok()) {
    ReportError(invocation, "usage", std::string(status.message()));
    return ExitCode::kUsage;
  }
  const absl::StatusOr<ExitCode> code = invocation.run();
  if (code.ok()) return *code;
  ReportError(invocation, CodeName(code.status().code()),
              {code.status().message().data(), code.status().message().size()});
  return ExitCodeFor(code.status());
}

}  // namespace orrery::cli
