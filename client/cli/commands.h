// The commands of `orrery`, one Add function per family.
//
// Each adds its subcommands to the parser. Parsing stores the command to run in the invocation.
//
// Threading: thread-compatible.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/cli/console.h"
#include "client/cli/exit_code.h"
#include "client/cpp/client.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace orrery::cli {

enum class OutputFormat { kText, kJson };

struct Invocation {
  Console& console;
  // --server
  std::string server;
  // --output
  OutputFormat format = OutputFormat::kText;
  // Runs the command. The caller reports an error and maps it to an exit code.
  std::function<absl::StatusOr<ExitCode>()> run;

  bool is_json() const { return format == OutputFormat::kJson; }
};

// Requires: the parser and the invocation outlive the callbacks that these functions add.
void AddSubmitCommands(CLI::App& app, Invocation& invocation);
void AddRerunCommands(CLI::App& app, Invocation& invocation);
void AddControlCommands(CLI::App& app, Invocation& invocation);
void AddInspectCommands(CLI::App& app, Invocation& invocation);
void AddExplainCommand(CLI::App& app, Invocation& invocation);
void AddTraceCommand(CLI::App& app, Invocation& invocation);
void AddWaitCommands(CLI::App& app, Invocation& invocation);
void AddOutputCommand(CLI::App& app, Invocation& invocation);
void AddGraphCommands(CLI::App& app, Invocation& invocation);
void AddWorkerCommands(CLI::App& app, Invocation& invocation);
void AddPoolCommands(CLI::App& app, Invocation& invocation);
void AddBackupCommand(CLI::App& app, Invocation& invocation);
void AddGcCommand(CLI::App& app, Invocation& invocation);
// Adds fsck and restore, which orreryd runs.
void AddOfflineCommands(CLI::App& app, Invocation& invocation);
void AddDevCommand(CLI::App& app, Invocation& invocation);
void AddCompletionCommand(CLI::App& app, Invocation& invocation);

// Adds --output.
void AddFormatOption(CLI::App& command, Invocation& invocation);

// Adds --server and --output.
void AddCommonOptions(CLI::App& command, Invocation& invocation);

// Adds --input; client/cli/input_argument.h describes its forms.
void AddInputOption(CLI::App& command, std::vector<std::string>& inputs);

// Adds --id, the id of a new workflow.
void AddIdOption(CLI::App& command, std::optional<Uuid>& id);

// Adds --cache; `default_mode` describes the default in the help text.
void AddCacheOption(CLI::App& command, std::optional<client::CacheMode>& mode,
                    const std::string& default_mode);

// Adds a workflow's id as a positional argument: a UUID or an integer.
CLI::Option* AddWorkflowArgument(CLI::App& command, Uuid& id);

// Resolves the address. The first request opens the connection.
absl::StatusOr<client::Client> Connect(const Invocation& invocation);

}  // namespace orrery::cli
