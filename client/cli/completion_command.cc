// completion: scripts for bash, zsh and fish.
#include <memory>
#include <string>

#include "CLI/App.hpp"
#include "CLI/Config.hpp"
#include "CLI/Formatter.hpp"
#include "client/cli/commands.h"
#include "client/cli/completion.h"

namespace orrery::cli {
namespace {

Shell ShellOf(const std::string& name) {
  if (name == "zsh") return Shell::kZsh;
  return name == "fish" ? Shell::kFish : Shell::kBash;
}

}  // namespace

void AddCompletionCommand(CLI::App& app, Invocation& invocation) {
  // Shared, because the parser copies its callbacks.
  const auto shell = std::make_shared<std::string>();
  CLI::App* command = app.add_subcommand("completion", "Print a completion script for a shell");
  command->add_option("shell", *shell, "bash, zsh or fish")
      ->type_name("SHELL")
      ->check(CLI::IsMember({"bash", "zsh", "fish"}))
      ->required();
  command->footer(
      "Examples:\n"
      "  source <(orrery completion bash)\n"
      "  orrery completion zsh > ~/.zfunc/_orrery\n"
      "  orrery completion fish | source");
  command->callback([shell, &app, &invocation] {
    invocation.run = [shell, &app, &invocation]() -> absl::StatusOr<ExitCode> {
      invocation.console.out << CompletionScript(app, ShellOf(*shell)) << std::flush;
      return ExitCode::kOk;
    };
  });
}

}  // namespace orrery::cli
