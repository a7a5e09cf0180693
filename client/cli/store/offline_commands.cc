// fsck and restore: orreryd runs them, on a store that no controller uses.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "CLI/App.hpp"
#include "CLI/Config.hpp"
#include "CLI/Formatter.hpp"
#include "base/status_macros.h"
#include "client/cli/commands.h"
#include "client/cli/dev/dev.h"

namespace orrery::cli {
namespace {

struct OfflineArguments {
  std::string root;  // Empty: the controller's default.
  std::string backup;
  bool reads_blobs = false;
};

void AddRootOption(CLI::App& command, OfflineArguments& arguments) {
  command
      .add_option("--root", arguments.root,
                  "Folder of the store (default: $ORRERY_HOME, or ~/.orrery)")
      ->type_name("DIR");
}

// Replaces this process with orreryd, which can read the store.
absl::StatusOr<ExitCode> RunOffline(std::vector<std::string> words,
                                    const OfflineArguments& arguments,
                                    const Invocation& invocation) {
  if (!arguments.root.empty()) words.insert(words.end(), {"--root", arguments.root});
  if (arguments.reads_blobs) words.emplace_back("--verify");
  if (invocation.is_json()) words.insert(words.end(), {"--output", "json"});
  // "--" allows a folder whose name begins with a dash.
  if (!arguments.backup.empty()) words.insert(words.end(), {"--", arguments.backup});
  RETURN_IF_ERROR(RunController(std::move(words)));
  return ExitCode::kOk;
}

void AddFsckCommand(CLI::App& app, Invocation& invocation) {
  // Shared, because the parser copies its callbacks.
  const auto arguments = std::make_shared<OfflineArguments>();
  CLI::App* command =
      app.add_subcommand("fsck", "Check a store that no controller uses, or a backup");
  AddRootOption(*command, *arguments);
  command->add_flag("--verify", arguments->reads_blobs,
                    "Compare every blob with its digest, not only with its length");
  AddFormatOption(*command, invocation);
  command->footer(
      "Examples:\n"
      "  orrery fsck\n"
      "  orrery fsck --root /srv/orrery --verify -o json\n"
      "\n"
      "Exit codes: 0 the store is sound, 5 a controller uses the store, 6 the store is damaged, "
      "has\n"
      "another format version, or does not exist.");
  command->callback([arguments, &invocation] {
    invocation.run = [arguments, &invocation] {
      return RunOffline({"fsck"}, *arguments, invocation);
    };
  });
}

void AddRestoreCommand(CLI::App& app, Invocation& invocation) {
  const auto arguments = std::make_shared<OfflineArguments>();
  CLI::App* command = app.add_subcommand("restore", "Restore a backup to a root that has no store");
  command->add_option("backup", arguments->backup, "Folder of the backup")
      ->type_name("DIR")
      ->required();
  AddRootOption(*command, *arguments);
  AddFormatOption(*command, invocation);
  command->footer(
      "Examples:\n"
      "  orrery restore /mnt/backups/monday --root /srv/orrery\n"
      "\n"
      "Needs no controller; start one on the root afterwards. Exit codes: 0 restored and sound,\n"
      "5 the root has a journal, 6 the backup is damaged, has another format version, or does not\n"
      "exist.");
  command->callback([arguments, &invocation] {
    invocation.run = [arguments, &invocation] {
      return RunOffline({"restore"}, *arguments, invocation);
    };
  });
}

}  // namespace

void AddOfflineCommands(CLI::App& app, Invocation& invocation) {
  AddFsckCommand(app, invocation);
  AddRestoreCommand(app, invocation);
}

}  // namespace orrery::cli
