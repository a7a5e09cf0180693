#include "client/cli/exit_code.h"

#include "client/cpp/unknown_outcome.h"

namespace orrery::cli {

const std::string_view kExitCodeHelp =
    "Exit codes:\n"
    "  0  success; run, wait and watch: the workflow succeeded\n"
    "  1  the workflow failed\n"
    "  2  the command line is wrong\n"
    "  3  the graph or an input is invalid, over a limit, or in a file that cannot be read\n"
    "  4  no such workflow, output or loop; graph: no such file\n"
    "  5  conflict: the id is taken, or the workflow is in another state\n"
    "  6  another error, described by the message; or the output could not be written\n"
    "  7  the controller cannot be reached\n"
    "  8  timed out waiting; the workflow continues\n"
    "  9  the workflow was cancelled\n"
    " 10  unknown outcome: the controller did not answer, and may have done what was asked; the\n"
    "     message says how to look\n";

ExitCode ExitCodeFor(const absl::Status& status) {
  if (client::IsOutcomeUnknown(status)) return ExitCode::kUnknownOutcome;
  switch (status.code()) {
    case absl::StatusCode::kOk:
      return ExitCode::kOk;
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kOutOfRange:
    case absl::StatusCode::kResourceExhausted:
      return ExitCode::kInvalidInput;
    case absl::StatusCode::kNotFound:
      return ExitCode::kNotFound;
    case absl::StatusCode::kAlreadyExists:
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kAborted:
      return ExitCode::kConflict;
    case absl::StatusCode::kUnavailable:
      return ExitCode::kUnreachable;
    case absl::StatusCode::kDeadlineExceeded:
      return ExitCode::kTimedOut;
    case absl::StatusCode::kCancelled:
      return ExitCode::kCancelled;
    default:
      return ExitCode::kOther;
  }
}

ExitCode ExitCodeFor(client::WorkflowStatus status) {
  switch (status) {
    case client::WorkflowStatus::kFailed:
      return ExitCode::kWorkflowFailed;
    case client::WorkflowStatus::kCancelled:
      return ExitCode::kCancelled;
    case client::WorkflowStatus::kRunning:
    case client::WorkflowStatus::kSucceeded:
      return ExitCode::kOk;
  }
  return ExitCode::kOther;
}

std::string_view CodeName(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kOk:
      return "ok";
    case absl::StatusCode::kCancelled:
      return "cancelled";
    case absl::StatusCode::kInvalidArgument:
      return "invalid_argument";
    case absl::StatusCode::kDeadlineExceeded:
      return "deadline_exceeded";
    case absl::StatusCode::kNotFound:
      return "not_found";
    case absl::StatusCode::kAlreadyExists:
      return "already_exists";
    case absl::StatusCode::kPermissionDenied:
      return "permission_denied";
    case absl::StatusCode::kResourceExhausted:
      return "resource_exhausted";
    case absl::StatusCode::kFailedPrecondition:
      return "failed_precondition";
    case absl::StatusCode::kAborted:
      return "aborted";
    case absl::StatusCode::kOutOfRange:
      return "out_of_range";
    case absl::StatusCode::kUnimplemented:
      return "unimplemented";
    case absl::StatusCode::kInternal:
      return "internal";
    case absl::StatusCode::kUnavailable:
      return "unavailable";
    case absl::StatusCode::kDataLoss:
      return "data_loss";
    case absl::StatusCode::kUnauthenticated:
      return "unauthenticated";
    default:
      return "unknown";
  }
}

}  // namespace orrery::cli
