// The tasks that a graph names, looked up once each.
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
// The input of fold_values that takes the elements of a mapped port.
inline constexpr std::string_view kFoldPort = "values_glob";

class TaskTable {
 public:
  // `options` outlives the table.
  explicit TaskTable(const CheckOptions& options) : options_(options) {}

  // As it is offered; null if nobody does. `function_name` outlives the table.
  const TaskSpec* Find(std::string_view function_name);

  // What types go in and out: as offered, but for the two builtins between lists and mapped ports,
  // which mean the same wherever they run.
  const TaskSpec* FindTypes(std::string_view function_name);

 private:
  const CheckOptions& options_;
  // Lookup only.
  absl::flat_hash_map<std::string_view, const TaskSpec*> tasks_;
};

}  // namespace orrery::graph
