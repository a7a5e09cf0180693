// The tasks that a worker offers, with their ports and the formats of those ports.
//
// Threading: thread-compatible; value types.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "graph/type.h"
#include "graph/value.h"

namespace orrery::graph {

struct PortSpec {
  std::string name;
  Type type;
  // For inputs only. An input with a default, or of an optional type, needs no edge.
  bool is_required = true;
  // For inputs only: the value that the worker uses for an input without an edge. The worker
  // applies it; here it is information for users and checkers.
  std::optional<Value> default_value;
  // The media types that an input can be read from, or the media type that an output is written in.
  std::vector<std::string> formats;

  friend bool operator==(const PortSpec&, const PortSpec&) = default;
};

struct TaskSpec {
  std::string name;
  std::vector<PortSpec> inputs;
  std::vector<PortSpec> outputs;
  // The outputs depend only on the inputs and `version`.
  bool is_cacheable = false;
  // The task has an effect that must not happen twice: a node starts it at most once, unless a user
  // asks for more.
  bool is_effect_once = false;
  std::string version;
  std::string description;

  const PortSpec* FindInput(std::string_view port) const;
  const PortSpec* FindOutput(std::string_view port) const;

  friend bool operator==(const TaskSpec&, const TaskSpec&) = default;
};

// `worker` is the namespace of its tasks: a graph names a task "worker.task".
struct Catalog {
  std::string worker;
  std::vector<TaskSpec> tasks;

  const TaskSpec* Find(std::string_view task) const;

  friend bool operator==(const Catalog&, const Catalog&) = default;
};

// The worker name of the tasks that the controller runs itself.
inline constexpr std::string_view kBuiltinsWorker = "builtins";

// The parts of a graph's function name: the text before the last dot is the worker.
struct TaskName {
  std::string worker;
  std::string task;
};
TaskName SplitFunctionName(std::string_view function_name);

}  // namespace orrery::graph
