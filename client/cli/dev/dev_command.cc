// dev: runs a controller and workers on this machine, in the foreground.
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
  CLI::App* command =
      app.add_subcommand("dev", "Run a controller and the workers of a folder in the foreground");
  command
      ->add_option("--registry", options->registry,
                   "Folder of worker programs (default: $ORRERY_REGISTRY, or <root>/workers)")
      ->type_name("DIR")
      ->check(CLI::ExistingDirectory);
  command
      ->add_option("--root", options->root,
                   "Folder of the store, sockets and logs (default: $ORRERY_HOME, or ~/.orrery)")
      ->type_name("DIR");
  command
      ->add_option("--listen", options->listen,
                   "Listen on host:port, [ipv6]:port or unix:path, too; may be repeated")
      ->type_name("ADDRESS")
      ->allow_extra_args(false);
  command
      ->add_option("--slots", options->slots,
                   "Attempts that each worker runs at the same time (default: the number of cores)")
      ->type_name("N")
      ->check(CLI::PositiveNumber);
  command
      ->add_option("--durability", options->durability,
                   "Durability of acknowledged outcomes: memory, process or disk (default: disk)")
      ->type_name("LEVEL")
      ->check(CLI::IsMember({"memory", "process", "disk"}));
  command
      ->add_option(
          "--checkpoint-tree", options->checkpoint_tree,
          "Write outcomes as files under <root>/checkpoints: bounded, full or off (default: "
          "bounded)")
      ->check(CLI::IsMember({"on", "off"}));
  command
      ->add_option(
          "--retain-for", options->retain_for,
          "Delete workflows that finished longer ago than this, such as 30d (default: never)")
      ->type_name("DURATION");
  command
      ->add_option("--retain-count", options->retain_count,
                   "Keep only the N most recently finished workflows (default: all)")
      ->type_name("N")
      ->check(CLI::NonNegativeNumber);
  command->footer(
      "Examples:\n"
      "  orrery dev\n"
      "  orrery dev --registry build/release/bin --slots 4\n"
      "\n"
      "Replaces itself with orreryd, from its own folder or the PATH. Ctrl-C stops the controller "
      "and\n"
      "its workers. A DURATION is a whole number and a unit, s, m, h, d or w.");
  command->callback([options, &invocation] {
    invocation.run = [options]() -> absl::StatusOr<ExitCode> {
      RETURN_IF_ERROR(RunDev(*options));
      return ExitCode::kOk;
    };
  });
}

}  // namespace orrery::cli
