// An example of a higher-order graph: a graph without inputs, and a check of its outputs.
#pragma once

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/uuid.h"
#include "client/cpp/client.h"
#include "fmt/format.h"
#include "graph/graph.h"

namespace higher_order {

struct Example {
  orrery::graph::Graph graph;
  // Reads the outputs of the finished workflow and returns a description.
  //
  // Errors: kDataLoss if the outputs differ from what this program computes by itself.
  std::function<absl::StatusOr<std::string>(orrery::client::Client&, const orrery::Uuid&)> check;
};

template <class T>
absl::Status ExpectEqual(const T& found, const T& expected) {
  if (found == expected) return absl::OkStatus();
  return absl::DataLossError(fmt::format("the workflow gave {}, expected {}", found, expected));
}

}  // namespace higher_order
