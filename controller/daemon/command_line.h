// orreryd's command line.
//
// Threading: functions without state.
#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "controller/daemon/settings.h"
#include "controller/daemon/store_commands.h"

namespace orrery::daemon {

enum class Command {
  kServe,
  kFsck,     // Check the store of the root.
  kRestore,  // Make the store of the root from a backup.
};

struct CommandLine {
  Command command = Command::kServe;
  StoreCommandArguments store_command;  // Of kFsck and kRestore.
  SettingSource flags;
  std::string configuration;  // Path of the file; empty: none.
  // To be printed instead of doing anything: the help, or the version.
  std::optional<std::string> text;
};

// kInvalidArgument: a flag that is none, or a value that does not fit it.
absl::StatusOr<CommandLine> ParseCommandLine(int argc, const char* const* argv);

}  // namespace orrery::daemon
