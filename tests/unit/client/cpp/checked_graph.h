// Runs the checker on a built graph.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "graph/builtins/builtin.h"
#include "graph/checker.h"
#include "graph/graph.h"

namespace orrery::client {

// The checker's messages. It knows the builtins and no other task.
inline std::vector<std::string> ProblemsOf(const graph::Graph& graph,
                                           graph::CheckOptions options = {
                                               .allow_unknown_tasks = true}) {
  options.find_task = [](std::string_view worker, std::string_view task) {
    return worker == graph::kBuiltinsWorker ? graph::BuiltinCatalog().Find(task) : nullptr;
  };
  std::vector<std::string> messages;
  for (const graph::Problem& problem : graph::CheckGraph(graph, options)) {
    messages.push_back(problem.location + ": " + problem.message);
  }
  return messages;
}

}  // namespace orrery::client
