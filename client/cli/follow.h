// Waiting for a workflow and telling how it ended: what run, wait and watch have in common.
//
// Threading: thread-compatible. Calls block.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/uuid.h"
#include "client/cli/commands.h"
#include "client/cpp/client.h"
#include "client/cpp/workflow.h"
#include "graph/canonical.h"

namespace orrery::cli {

struct FollowOptions {
  absl::Duration timeout = absl::InfiniteDuration();
  // No progress.
  bool is_quiet = false;
};

// --timeout and --quiet.
void AddFollowOptions(CLI::App& command, FollowOptions& options);

// Waits until the workflow settles or the timeout passes, and prints its end. On Ctrl-C the
// workflow goes on.
absl::StatusOr<ExitCode> Follow(Invocation& invocation, client::Client& client, const Uuid& id,
                                const FollowOptions& options);

// Prints a settled or running workflow in the chosen format; JSON outputs that are blobs are
// fetched first.
absl::Status PrintWorkflow(Invocation& invocation, client::Client& client,
                           client::Workflow workflow);

// Brings the bytes of JSON values that are blobs; other blobs stay what they are.
absl::Status FetchJsonValues(client::Client& client, std::vector<graph::NamedValue>& values);

// What Ctrl-C leaves behind, in words.
std::string InterruptHint(const Uuid& id);

}  // namespace orrery::cli
