// Computes the expected result of a workflow, with a simple recursive evaluator.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "base/digest.h"
#include "graph/graph.h"
#include "graph/value.h"
#include "tests/simulation/workload.h"

namespace orrery::simulation {

using Values = std::map<std::string, graph::Value>;

// Returns the value of an output port of a simulated task, which depends on its name and inputs.
// Returns nullopt for the task `fail`, which fails.
std::optional<graph::Value> RunTask(const std::string& function_name, const Values& inputs,
                                    const std::string& port);

// Returns the outputs of the graph; nullopt if a node that they depend on fails. `blobs` contains
// the values that are not inline.
std::optional<Values> Evaluate(const graph::Graph& graph, const Values& inputs,
                               const std::map<Digest, std::string>& blobs);

// Same as above, for a job; nullopt also if one of its side effects fails.
std::optional<Values> Evaluate(const Job& job, const std::map<Digest, std::string>& blobs);

}  // namespace orrery::simulation
