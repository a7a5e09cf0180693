// The array pipeline as a graph: fifty points, one of them marked and read back, all of them
// reshaped and transposed.
#pragma once

#include "absl/status/statusor.h"
#include "graph/graph.h"

namespace array_pipeline {

// Outputs: `a`, an array of 10 x 5, and `p`, a number. graph.json is the same graph.
absl::StatusOr<orrery::graph::Graph> BuildPipeline();

}  // namespace array_pipeline
