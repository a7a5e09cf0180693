// The commands of `orrery`, one Add function per family.
//
// Each adds its subcommands to the parser; parsing then leaves in the invocation what to run.
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
  // An error is reported, and turned into an exit code, by the caller.
  std::function<absl::StatusOr<ExitCode>()> run;

  bool is_json() const { return format == OutputFormat::kJson; }
};

// The parser and the invocation outlive what these put into the parser.
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
// backup.
void AddBackupCommand(CLI::App& app, Invocation& invocation);
// gc.
void AddGcCommand(CLI::App& app, Invocation& invocation);
// fsck and restore, which orreryd does.
void AddOfflineCommands(CLI::App& app, Invocation& invocation);
void AddDevCommand(CLI::App& app, Invocation& invocation);
void AddCompletionCommand(CLI::App& app, Invocation& invocation);

// --output.
void AddFormatOption(CLI::App& command, Invocation& invocation);

// --server and --output.
void AddCommonOptions(CLI::App& command, Invocation& invocation);

// --input; client/cli/input_argument.h says what an argument means.
void AddInputOption(CLI::App& command, std::vector<std::string>& inputs);

// --id, of a workflow that is to be made.
void AddIdOption(CLI::App& command, std::optional<Uuid>& id);

// --cache; `default_mode` says, for people, what holds without it.
void AddCacheOption(CLI::App& command, std::optional<client::CacheMode>& mode,
                    const std::string& default_mode);

// A workflow's id as a positional argument: a UUID, or an integer.
CLI::Option* AddWorkflowArgument(CLI::App& command, Uuid& id);

// Resolves the address; the connection is made when it is first used.
absl::StatusOr<client::Client> Connect(const Invocation& invocation);

}  // namespace orrery::cli
