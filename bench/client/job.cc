#include "bench/client/job.h"

#include <utility>

#include "base/status_macros.h"
#include "bench/measure/samples.h"

namespace orrery::bench {

namespace {

absl::Status CheckJob(client::Client& client, const client::Workflow& workflow, const Job& job) {
  if (workflow.failure.has_value()) {
    return absl::AbortedError(fmt::format("{} failed: {}", workflow.failure->location.ToString(),
                                          workflow.failure->error.message));
  }
  return job.check(client, workflow);
}

}  // namespace

absl::Status AwaitJob(client::Client& client, const Uuid& id, const Job& job) {
  ASSIGN_OR_RETURN(const client::Workflow workflow, client.Wait(id, kWorkflowTimeMax));
  return CheckJob(client, workflow, job);
}

absl::StatusOr<absl::Duration> RunJob(client::Client& client, Job job) {
  graph::Graph graph = std::move(job.graph);
  const absl::Duration began = Elapsed();
  ASSIGN_OR_RETURN(
      const client::Workflow workflow,
      client.Run({}, std::move(graph), kWorkflowTimeMax, [](const client::Workflow&) {}));
  RETURN_IF_ERROR(CheckJob(client, workflow, job));
  return Elapsed() - began;
}

}  // namespace orrery::bench
