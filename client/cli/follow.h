// Waits for a workflow and prints its end: shared by run, wait and watch.
//
// Threading: thread-compatible. Calls block.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/limit.h"
#include "base/uuid.h"
#include "client/cli/commands.h"
#include "client/cpp/client.h"
#include "client/cpp/workflow.h"
#include "graph/canonical.h"

namespace orrery::cli {

struct FollowOptions {
  absl::Duration timeout = absl::InfiniteDuration();
  // Prints no progress.
  bool is_quiet = false;
};

// Adds --timeout and --quiet.
void AddFollowOptions(CLI::App& command, FollowOptions& options);

// Waits until the workflow settles or the timeout passes, and prints its end. Ctrl-C does not stop
// the workflow.
absl::StatusOr<ExitCode> Follow(Invocation& invocation, client::Client& client, const Uuid& id,
                                const FollowOptions& options);

// Prints a settled or running workflow in the chosen format. Fetches JSON outputs that are blobs
// first.
absl::Status PrintWorkflow(Invocation& invocation, client::Client& client,
                           client::Workflow workflow);

inline constexpr Limit kShownBytes{
    .name = "shown_bytes",
    .max = 64 * 1024 * 1024,
    .unit = LimitUnit::kBytes,
    .of = "JSON values of a workflow or an iteration, larger than 64 KiB, that a command shows",
    .beyond = "the others are shown by size and digest; orrery output has their bytes"};

// Replaces JSON values that are blobs with inline values, as many as kShownBytes permits; leaves
// other blobs alone.
absl::Status FetchJsonValues(client::Client& client, std::vector<graph::NamedValue>& values);

// Returns the text that Ctrl-C prints: the workflow continues, and how to follow or stop it.
std::string InterruptHint(const Uuid& id);

}  // namespace orrery::cli
