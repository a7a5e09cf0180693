// The tasks of a graph; each is looked up once.
//
// Threading: thread-compatible.
#pragma once

#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "graph/checker.h"
#include "graph/task.h"

namespace orrery::graph {

inline constexpr std::string_view kFoldFunction = "builtins.fold_values";
inline constexpr std::string_view kUnfoldFunction = "builtins.unfold_values";
// The input of fold_values that accepts the elements of a mapped port.
inline constexpr std::string_view kFoldPort = "values_glob";

class TaskTable {
 public:
  // `options` outlives the table.
  explicit TaskTable(const CheckOptions& options) : options_(options) {}

  // Returns the task as it is offered; null if no worker offers it. `function_name` outlives the
  // table.
  const TaskSpec* Find(std::string_view function_name);

  // Returns the task with the types of its ports: as offered, except for the two builtins between
  // lists and mapped ports, whose types are the same everywhere.
  const TaskSpec* FindTypes(std::string_view function_name);

 private:
  const CheckOptions& options_;
  // Used for lookup only.
  absl::flat_hash_map<std::string_view, const TaskSpec*> tasks_;
};

}  // namespace orrery::graph
