// Checks a graph when it is submitted, and reports all problems at once.
//
// References exist and go backwards (so there is no cycle), there is exactly one output node, ports
// exist, names are unique, every task is known with its ports, required inputs have an edge, limits
// are respected.
//
// The type of every port is inferred, forward from the constants and the given inputs through
// calls, constant graphs, loops and maps. The formats and types at both ends of an edge must fit. A
// type that is not known before the graph runs is unknown and fits everything.
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
  // The place in the graph, nested constants included: "-.N3"; "-" for the graph as a whole.
  std::string location;
  std::string port;  // Empty if the problem is not about one port.
  // A complete message: it names the place, the facts that disagree, and if possible a remedy.
  std::string message;
  // The types that disagree, as text: the type of the port and the type that arrives. Empty if the
  // problem is not about types.
  std::string expected;
  std::string found;

  friend bool operator==(const Problem&, const Problem&) = default;
};

struct CheckOptions {
  // Returns the task "worker.task", or null if no worker offers it.
  std::function<const TaskSpec*(std::string_view worker, std::string_view task)> find_task;
  // Returns every known "worker.task", to suggest one for an unknown name. Null: no suggestions.
  std::function<std::vector<std::string>()> list_tasks;
  // Added to the problem of an unknown task: why it may be unknown. Empty: nothing.
  std::string unknown_task_note;
  // Accepts an unknown task that is not a builtin: the workflow waits until a worker offers it.
  bool allow_unknown_tasks = false;
  // The names of the inputs that will be given. Nullopt: not checked.
  std::optional<std::vector<std::string>> given_inputs;
  // The known types of inputs, by name; other inputs are unknown.
  std::map<std::string, Supply, std::less<>> given_types;
};

// Returns the problems of the graph as a whole, then those of its nodes in order, at most
// kLimits.problems. Returns an empty list if the graph is correct. Also checks the constant graphs
// of evals, loops and maps, with the types that they run with. Does not read constants that are
// blobs.
std::vector<Problem> CheckGraph(const Graph& graph, const CheckOptions& options);

// Returns OK if the list is empty; otherwise kInvalidArgument with one line for each problem.
absl::Status ProblemsToStatus(const std::vector<Problem>& problems);

}  // namespace orrery::graph
