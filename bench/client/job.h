// A workflow to measure: a graph, and a check of its outputs.
#pragma once

#include <functional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/uuid.h"
#include "client/cpp/client.h"
#include "client/cpp/workflow.h"
#include "fmt/format.h"
#include "graph/graph.h"
#include "graph/native/encode.h"

namespace orrery::bench {

// The timeout of one workflow. A longer one is a failure, not a measurement.
inline constexpr absl::Duration kWorkflowTimeMax = absl::Minutes(15);

struct Job {
  graph::Graph graph;
  // Errors: kDataLoss if the outputs are wrong.
  std::function<absl::Status(client::Client&, const client::Workflow&)> check;
};

// Returns an output as a T.
//
// Errors: kNotFound if there is no such output.
template <class T>
absl::StatusOr<T> OutputAs(client::Client& client, const client::Workflow& workflow,
                           std::string_view port) {
  for (const graph::NamedValue& output : workflow.outputs) {
    if (output.name != port) continue;
    if (output.value->is_inline()) return graph::DecodeNative<T>(*output.value);
    ASSIGN_OR_RETURN(const graph::Value value, client.Fetch(*output.value));
    return graph::DecodeNative<T>(value);
  }
  return absl::NotFoundError(fmt::format("there is no output {}", port));
}

template <class T>
absl::Status ExpectEqual(const T& found, const T& expected) {
  if (found == expected) return absl::OkStatus();
  return absl::DataLossError(fmt::format("the workflow gave {}, expected {}", found, expected));
}

// Waits for the workflow and checks it.
absl::Status AwaitJob(client::Client& client, const Uuid& id, const Job& job);

// Returns the duration from the submit call to the checked result.
absl::StatusOr<absl::Duration> RunJob(client::Client& client, Job job);

}  // namespace orrery::bench
