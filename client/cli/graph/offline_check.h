// Checks a graph without a controller, against catalogs in files.
//
// Threading: functions without state.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "graph/canonical.h"
#include "graph/checker.h"
#include "graph/datum.h"
#include "graph/graph.h"
#include "graph/task.h"

namespace orrery::cli {

struct CheckReport {
  // Nodes of the graph and its nested graphs.
  std::size_t node_count = 0;
  std::vector<graph::Problem> problems;
  // Calls of tasks whose worker has no catalog; their ports are not checked.
  std::size_t unchecked_call_count = 0;
  // The workers without a catalog, sorted.
  std::vector<std::string> unchecked_workers;
};

// Checks `graph`. An unknown task is a problem only if its worker has a catalog. Does not check
// inputs if `inputs` is absent.
CheckReport CheckOffline(const graph::Graph& graph, const std::vector<graph::Catalog>& catalogs,
                         const std::optional<std::vector<graph::NamedValue>>& inputs);

// Returns a line for each problem and a summary; `name` is the name of the graph's file.
std::string DescribeReport(const CheckReport& report, std::string_view name);

// {"ok", "problems": [{"location", "port", "message", "expected", "found"}], "unchecked_calls",
//  "unchecked_workers"}
graph::Object ReportToJson(const CheckReport& report);

}  // namespace orrery::cli
