// dev: a whole system on one machine, in the foreground.
#include <memory>
#include <string>
#include <vector>

#include "CLI/App.hpp"
#include "CLI/Config.hpp"
#include "CLI/Formatter.hpp"
#include "base/status_macros.h"
#include "client/cli/commands.h"
#include "client/cli/dev/dev.h"

namespace orrery::cli {

void AddDevCommand(CLI::App& app, Invocation& invocation) {
  // Shared, because the parser copies its callbacks.
  const auto options = std::make_shared<DevOptions>();
  CLI::App* command = app.add_subcommand(
      "dev", "Run a controller, and the workers of a registry folder, in the foreground");
  command
      ->add_option("--registry", options->registry,
                   "The folder of worker programs (default: $ORRERY_REGISTRY, or <root>/workers)")
      ->type_name("DIR")
      ->check(CLI::ExistingDirectory);
  command
      ->add_option("--root", options->root,
                   "Where everything is stored (default: $ORRERY_HOME, or ~/.orrery)")
      ->type_name("DIR");
  command->add_option("--listen", options->listen, "Listen here too; may be repeated")
      ->type_name("ADDRESS")
      ->allow_extra_args(false);
  command->add_option("--slots", options->slots, "Attempts that each worker runs at a time")
      ->type_name("N")
      ->check(CLI::PositiveNumber);
  command->add_option("--durability", options->durability, "memory, process or disk")
      ->type_name("LEVEL")
      ->check(CLI::IsMember({"memory", "process", "disk"}));
  command->add_option("--checkpoint-tree", options->checkpoint_tree, "on or off")
      ->check(CLI::IsMember({"on", "off"}));
  command
      ->add_option("--retain-for", options->retain_for,
                   "Forget workflows so long after they have finished, as in 30d")
      ->type_name("DURATION");
  command
      ->add_option("--retain-count", options->retain_count,
                   "Forget all but so many of the finished workflows")
      ->type_name("N")
      ->check(CLI::NonNegativeNumber);
  command->footer(
      "Examples:\n"
      "  orrery dev\n"
      "  orrery dev --registry build/release/bin --slots 4\n"
      "\n"
      "It replaces itself with orreryd, found beside orrery or on the PATH; Ctrl-C stops it.");
  command->callback([options, &invocation] {
    invocation.run = [options]() -> absl::StatusOr<ExitCode> {
      RETURN_IF_ERROR(RunDev(*options));
      return ExitCode::kOk;
    };
  });
}

}  // namespace orrery::cli
