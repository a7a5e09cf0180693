// orreryd's command line.
//
// Threading: functions without state.
#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "controller/options.h"

namespace orrery {

struct CommandLine {
  OptionSource flags;
  std::string configuration;  // Path of the file; empty: none.
  // To be printed instead of doing anything: the help, or the version.
  std::optional<std::string> text;
};

// kInvalidArgument: a flag that is none, or a value that does not fit it.
absl::StatusOr<CommandLine> ParseCommandLine(int argc, const char* const* argv);

}  // namespace orrery
