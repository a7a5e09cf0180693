#include "bench/client/latency.h"

#include <algorithm>
#include <cstddef>
#include <thread>
#include <utility>
#include <vector>

#include "base/status_macros.h"
#include "bench/client/graphs.h"
#include "bench/client/job.h"
#include "bench/measure/gaps.h"
#include "bench/measure/samples.h"
#include "client/cpp/client.h"

namespace orrery::bench {
namespace {

// `count` workflows, whose numbers begin with `first`.
absl::StatusOr<Samples> RunSteps(const std::string& address, std::int64_t count,
                                 std::int64_t first) {
  client::Client client({.address = address});
  Samples samples;
  for (std::int64_t i = 0; i < count; ++i) {
    ASSIGN_OR_RETURN(Job job, ThreeStepsJob(first + i));
    ASSIGN_OR_RETURN(const absl::Duration took, RunJob(client, std::move(job)));
    samples.Add(took);
  }
  return samples;
}

}  // namespace

absl::StatusOr<nlohmann::json> MeasureSteps(const std::string& address,
                                            const StepsOptions& options) {
  const std::int64_t share = options.count / options.clients;
  std::vector<absl::StatusOr<Samples>> results(static_cast<std::size_t>(options.clients));
  // Warms up: the first use of connections and workers takes longer.
  RETURN_IF_ERROR(RunSteps(address, 10, -10).status());
  const absl::Duration began = Elapsed();
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < results.size(); ++i) {
      threads.emplace_back(
          [&, i] { results[i] = RunSteps(address, share, static_cast<std::int64_t>(i) * share); });
    }
  }
  const absl::Duration took = Elapsed() - began;
  Samples samples;
  for (const absl::StatusOr<Samples>& result : results) {
    RETURN_IF_ERROR(result.status());
    samples.AddAll(*result);
  }
  nlohmann::json report = samples.Summary();
  report["seconds"] = absl::ToDoubleSeconds(took);
  return report;
}

absl::StatusOr<nlohmann::json> MeasureIdle(const std::string& address, const IdleOptions& options) {
  client::Client client({.address = address});
  Gaps gaps(options.gap_min, options.gap_max);
  Samples samples;
  for (std::int64_t i = 0; i < options.count; ++i) {
    ASSIGN_OR_RETURN(Job job, SingleJob(i));
    gaps.WaitForNext();
    ASSIGN_OR_RETURN(const absl::Duration took, RunJob(client, std::move(job)));
    samples.Add(took);
  }
  return samples.Summary();
}

}  // namespace orrery::bench
