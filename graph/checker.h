// What makes a graph right: found at submit, all errors at once.
//
// References exist and go backwards (so there is no cycle), there is exactly one output node, ports
// exist, names are unique, every task is known with its ports, required inputs are wired, limits
// are respected.
//
// The type of every port is inferred, forward from the constants and the given inputs through
// calls, constant graphs, loops and maps; formats and types fit along each edge. What cannot be
// told before it runs is unknown and fits everything.
//
// Threading: functions without state.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "graph/graph.h"
#include "graph/supply.h"
#include "graph/task.h"

namespace orrery::graph {

struct Problem {
  // Where in the graph, nested constants included: "-.N3"; "-" for the graph as a whole.
  std::string location;
  std::string port;  // Empty if it is not about one port.
  // Complete by itself: names the place, what disagrees, and if possible what to do.
  std::string message;
  // The types that disagree, as text: what the port takes and what it is given. Empty if it is not
  // types that disagree.
  std::string expected;
  std::string found;

  friend bool operator==(const Problem&, const Problem&) = default;
};

struct CheckOptions {
  // The task "worker.task", or null if nobody offers it.
  std::function<const TaskSpec*(std::string_view worker, std::string_view task)> find_task;
  // Every "worker.task" there is, to suggest one for a name that is unknown; null: no suggestions.
  std::function<std::vector<std::string>()> list_tasks;
  // An unknown task that is no builtin is then no problem: the workflow waits until a worker offers
  // it.
  bool allow_unknown_tasks = false;
  // Names of the inputs that will be given; absent: not checked.
  std::optional<std::vector<std::string>> given_inputs;
  // What is known about inputs, by name; others are unknown.
  std::map<std::string, Supply, std::less<>> given_types;
};

// Empty if the graph is right; otherwise the problems of the graph as a whole, then those of its
// nodes in order, at most kProblemsMax. A constant graph that an eval, loop or map runs is checked
// too, with the types it is run with. Constants that are blobs are not looked into.
std::vector<Problem> CheckGraph(const Graph& graph, const CheckOptions& options);

inline constexpr std::size_t kProblemsMax = 100;

// kInvalidArgument with one line per problem; OK if there is none.
absl::Status ProblemsToStatus(const std::vector<Problem>& problems);

}  // namespace orrery::graph
