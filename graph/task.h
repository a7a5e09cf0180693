// What a worker can do: its tasks, their ports, and the formats those ports read and write.
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
  // Inputs only: an input with a default, or of an optional type, need not be wired.
  bool is_required = true;
  // Inputs only: what the worker uses when the port is not wired; absent means none. The worker
  // fills it in; it is here for people and checkers.
  std::optional<Value> default_value;
  // Media types: of an input those it can be read from, of an output the one it is written in.
  std::vector<std::string> formats;

  friend bool operator==(const PortSpec&, const PortSpec&) = default;
};

struct TaskSpec {
  std::string name;
  std::vector<PortSpec> inputs;
  std::vector<PortSpec> outputs;
  // Its result depends on nothing but its inputs and `version`.
  bool is_cacheable = false;
  // Its effect must not happen twice: it is started at most once, unless somebody asks for more.
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

// The worker whose tasks the controller runs itself.
inline constexpr std::string_view kBuiltinsWorker = "builtins";

// The two halves of a graph's function name: all but the last dotted part is the worker.
struct TaskName {
  std::string worker;
  std::string task;
};
TaskName SplitFunctionName(std::string_view function_name);

}  // namespace orrery::graph
