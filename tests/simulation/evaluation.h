// What a workflow must come to: a recursive evaluator that is obviously right.
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

// What a simulated task returns for an output port: a function of its name and its inputs.
// Nothing: the task `fail` fails.
std::optional<graph::Value> RunTask(const std::string& function_name, const Values& inputs,
                                    const std::string& port);

// The outputs of the graph; nothing if a demanded node fails. `blobs` holds values that are not
// inline.
std::optional<Values> Evaluate(const graph::Graph& graph, const Values& inputs,
                               const std::map<Digest, std::string>& blobs);

// The same of a job; nothing also if one of its side effects fails.
std::optional<Values> Evaluate(const Job& job, const std::map<Digest, std::string>& blobs);

}  // namespace orrery::simulation
