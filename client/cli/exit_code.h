// How the command ends, for scripts: part of its interface, documented in docs/cli.md.
//
// Threading: functions without state.
#pragma once

#include <string_view>

#include "absl/status/status.h"
#include "client/cpp/workflow.h"

namespace orrery::cli {

enum class ExitCode : int {
  kOk = 0,
  kWorkflowFailed = 1,
  kUsage = 2,
  // Also: over a limit, or a file of them that cannot be read.
  kInvalidInput = 3,
  kNotFound = 4,
  kConflict = 5,
  kOther = 6,
  kUnreachable = 7,
  kTimedOut = 8,
  kCancelled = 9,
};

ExitCode ExitCodeFor(const absl::Status& status);
// kOk while it runs.
ExitCode ExitCodeFor(client::WorkflowStatus status);

// "invalid_argument", "not_found", ...: the `code` of an error in JSON output.
std::string_view CodeName(absl::StatusCode code);

// The table of codes as --help shows it.
extern const std::string_view kExitCodeHelp;

}  // namespace orrery::cli
