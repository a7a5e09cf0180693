// Exit codes of `orrery`, an interface for scripts: docs/cli.md documents them.
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
  // Also: input over a limit, or in a file that cannot be read.
  kInvalidInput = 3,
  kNotFound = 4,
  kConflict = 5,
  kOther = 6,
  kUnreachable = 7,
  kTimedOut = 8,
  kCancelled = 9,
  // The controller did not answer: what was asked for may have been done.
  kUnknownOutcome = 10,
};

ExitCode ExitCodeFor(const absl::Status& status);
// kOk for a running workflow.
ExitCode ExitCodeFor(client::WorkflowStatus status);

// Returns the `code` of an error in JSON output: "invalid_argument", "not_found", ...
std::string_view CodeName(absl::StatusCode code);

// The table of exit codes in --help.
extern const std::string_view kExitCodeHelp;

}  // namespace orrery::cli
