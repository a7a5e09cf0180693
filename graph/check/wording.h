// The wording of problems.
//
// Threading: functions without state.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "graph/checker.h"
#include "graph/graph.h"

namespace orrery::graph {

// Returns a hint such as "; its ports are a, shape; did you mean "shape"?", where `what` is "port"
// and `name` the unknown name.
std::string Hint(std::string_view what, std::string_view name, std::span<const std::string> names);

// Returns a label such as "node 4 (scipy_worker.reshape)".
std::string NodeLabel(const Graph& graph, std::size_t index);

// Returns a label for the target of a reference: a node, or "the input "x"". Requires: the target
// exists.
std::string SourceLabel(const Graph& graph, const PortRef& source);

// Returns "-.N4" for a graph at "-".
std::string NodeLocation(std::string_view graph_location, std::size_t index);

// A problem of node `index`, with a complete message.
struct NodeProblem {
  const Graph& graph;
  std::string_view graph_location;
  std::size_t index = 0;
  std::string port;
  std::string_view message;
};
Problem ToProblem(const NodeProblem& problem);

}  // namespace orrery::graph
