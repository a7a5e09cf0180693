// How problems name things.
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

// In quotes and safe to print on one line.
std::string Quoted(std::string_view name);

// "; its ports are a, shape; did you mean "shape"?" where `what` is "port" and `name` the wrong
// one.
std::string Hint(std::string_view what, std::string_view name, std::span<const std::string> names);

// "node 4 (scipy_worker.reshape)".
std::string NodeLabel(const Graph& graph, std::size_t index);

// What a reference points to: a node, or "the input "x"". Requires that it points to something.
std::string SourceLabel(const Graph& graph, const PortRef& source);

// "-.N4", `graph_location` being the graph's.
std::string NodeLocation(std::string_view graph_location, std::size_t index);

// A problem of node `index`; its message is complete by itself.
struct NodeProblem {
  const Graph& graph;
  std::string_view graph_location;
  std::size_t index = 0;
  std::string port;
  std::string_view message;
};
Problem ToProblem(const NodeProblem& problem);

}  // namespace orrery::graph
