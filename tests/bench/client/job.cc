#include "tests/bench/client/job.h"

#include <utility>

#include "base/status_macros.h"
#include "tests/bench/measure/samples.h"

namespace orrery::bench {

absl::Status AwaitJob(client::Client& client, const Uuid& id, const Job& job) {
  ASSIGN_OR_RETURN(const client::Workflow workflow, client.Wait(id, kWorkflowTimeMax));
  if (workflow.error.has_value()) {
    return absl::AbortedError(
        fmt::format("{} failed: {}", workflow.error->location, workflow.error->message));
  }
  return job.check(client, workflow);
}

absl::StatusOr<absl::Duration> RunJob(client::Client& client, Job job) {
  graph::Graph graph = std::move(job.graph);
  const absl::Duration began = Elapsed();
  ASSIGN_OR_RETURN(const client::Submitted submitted, client.Submit({}, std::move(graph)));
  RETURN_IF_ERROR(AwaitJob(client, submitted.id, job));
  return Elapsed() - began;
}

}  // namespace orrery::bench
