// orreryd's command line.
//
// Threading: functions without state.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "controller/daemon/settings.h"
#include "controller/daemon/store_commands.h"

namespace orrery::daemon {

enum class Command {
  kServe,
  kFsck,     // Check the store of the root.
  kRestore,  // Make the store of the root from a backup.
  kCancel,   // Cancel a workflow in the store of the root.
};

struct CommandLine {
  Command command = Command::kServe;
  StoreCommandArguments store_command;  // Of all but kServe.
  std::vector<SettingValue> flags;      // MakeSettings checks them.
  std::string configuration;            // Path of the file; empty: none.
  // To be printed instead of doing anything: the help, or the version.
  std::optional<std::string> text;
};

// Errors: kInvalidArgument: an unknown flag or command, or a missing or wrong argument of one.
absl::StatusOr<CommandLine> ParseCommandLine(int argc, const char* const* argv);

}  // namespace orrery::daemon
