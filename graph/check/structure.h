// Checks the names, references, tasks and limits of a graph, which do not depend on its input
// types.
//
// Threading: thread-compatible.
#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "graph/check/definition.h"
#include "graph/check/problem_list.h"
#include "graph/check/task_table.h"
#include "graph/checker.h"
#include "graph/graph.h"

namespace orrery::graph {

class StructureCheck {
 public:
  struct Parts {
    // Its graph and face are set.
    const GraphDefinition& definition;
    const CheckOptions& options;
    TaskTable& tasks;
    ProblemList& problems;
  };

  // All parts outlive the check.
  explicit StructureCheck(const Parts& parts);

  void Run();

 private:
  void CheckWhole();
  void CheckGivenInputs(const std::vector<std::string>& given);

  void CheckNode(std::size_t index);
  void CheckOwnName(std::size_t index);
  void CheckInputNames(std::size_t index);
  void CheckReference(std::size_t index, std::string_view role, const PortRef& source);
  void CheckFunction(std::size_t index, const FunctionNode& function);
  void CheckMapped(std::size_t index);

  void Report(std::string_view message);
  void ReportNode(std::size_t index, std::string_view port, std::string_view message);

  const Parts parts_;
  const Graph& graph_;
  const GraphFace& face_;
  std::set<std::string_view> loop_names_;
};

}  // namespace orrery::graph
