// backup: copies the store of a running controller.
#include <memory>
#include <string>
#include <utility>

#include "CLI/App.hpp"
#include "CLI/Config.hpp"
#include "CLI/Formatter.hpp"
#include "base/file.h"
#include "base/shown_text.h"
#include "base/status_macros.h"
#include "base/time_text.h"
#include "client/cli/commands.h"
#include "client/cli/json_output.h"
#include "client/cpp/address.h"
#include "client/cpp/admin.h"
#include "fmt/format.h"

namespace orrery::cli {
namespace {

absl::StatusOr<ExitCode> RunBackup(Invocation& invocation, const std::string& directory) {
  ASSIGN_OR_RETURN(std::string address,
                   client::ResolveAddress(client::AddressSourcesFor(invocation.server)));
  ASSIGN_OR_RETURN(
      const client::Backup backup,
      // The controller has another current folder.
      client::CreateBackup({.address = std::move(address), .directory = AbsolutePath(directory)}));
  if (invocation.is_json()) {
    PrintJson(invocation.console, {{"directory", backup.directory},
                                   {"created_at", FormatTimestamp(backup.created_at)},
                                   {"records", backup.records},
                                   {"blobs", backup.blobs},
                                   {"blob_bytes", backup.blob_bytes}});
  } else {
    invocation.console.out << fmt::format("backup {}: {} records, {} blobs with {} bytes",
                                          ShownText(backup.directory), backup.records, backup.blobs,
                                          backup.blob_bytes)
                           << std::endl;
  }
  return ExitCode::kOk;
}

}  // namespace

void AddBackupCommand(CLI::App& app, Invocation& invocation) {
  // Shared, because the parser copies its callbacks.
  const auto directory = std::make_shared<std::string>();
  CLI::App* command =
      app.add_subcommand("backup", "Copy the store of a running controller to a folder");
  command
      ->add_option("directory", *directory,
                   "Folder to create on the controller's machine; must not exist, or be empty")
      ->type_name("DIR")
      ->required();
  AddCommonOptions(*command, invocation);
  command->footer(
      "Examples:\n"
      "  orrery backup /mnt/backups/monday\n"
      "  orrery fsck --root /mnt/backups/monday --verify\n"
      "  orrery restore /mnt/backups/monday --root /srv/orrery\n"
      "\n"
      "The controller works during a backup. The folder appears when the backup is complete. On "
      "the\n"
      "file system of the store, a backup shares the files that never change and takes little "
      "space;\n"
      "copy it to another disk to protect against the loss of the disk.");
  command->callback([directory, &invocation] {
    invocation.run = [directory, &invocation] { return RunBackup(invocation, *directory); };
  });
}

}  // namespace orrery::cli
