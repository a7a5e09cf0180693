// backup: copies the store of a running controller.
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>
#include <utility>

#include "CLI/App.hpp"
#include "CLI/Config.hpp"
#include "CLI/Formatter.hpp"
#include "base/status_macros.h"
#include "base/time_text.h"
#include "client/cli/commands.h"
#include "client/cpp/address.h"
#include "client/cpp/admin.h"
#include "fmt/format.h"
#include "graph/json.h"

namespace orrery::cli {
namespace {

// Returns `path` made absolute: the controller has another current folder.
absl::StatusOr<std::string> AbsolutePath(const std::string& path) {
  std::error_code error;
  const std::filesystem::path absolute = std::filesystem::absolute(path, error);
  if (error) {
    return absl::InvalidArgumentError(
        fmt::format("invalid path \"{}\": {}", path, error.message()));
  }
  return absolute.lexically_normal().string();
}

absl::StatusOr<ExitCode> RunBackup(Invocation& invocation, const std::string& directory) {
  ASSIGN_OR_RETURN(std::string path, AbsolutePath(directory));
  ASSIGN_OR_RETURN(std::string address,
                   client::ResolveAddress(client::AddressSourcesFor(invocation.server)));
  ASSIGN_OR_RETURN(
      const client::Backup backup,
      client::CreateBackup({.address = std::move(address), .directory = std::move(path)}));
  if (invocation.is_json()) {
    invocation.console.out << graph::WriteJson(
        graph::Object{{"directory", backup.directory},
                      {"created_at", FormatTimestamp(backup.created_at)},
                      {"records", backup.records},
                      {"blobs", backup.blobs},
                      {"blob_bytes", backup.blob_bytes}});
  } else {
    invocation.console.out << fmt::format("backup {}: {} records, {} blobs with {} bytes",
                                          backup.directory, backup.records, backup.blobs,
                                          backup.blob_bytes);
  }
  invocation.console.out << std::endl;
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
