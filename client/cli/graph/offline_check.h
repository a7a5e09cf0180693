// The check of a graph without a controller: against the catalogs at hand.
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
  // Of the graph, those nested in it included.
  std::size_t node_count = 0;
  std::vector<graph::Problem> problems;
  // Calls of tasks whose worker no catalog is of; their ports are taken on trust.
  std::size_t unchecked_call_count = 0;
  // Those workers, sorted.
  std::vector<std::string> unchecked_workers;
};

// An unknown task is a problem only if there is a catalog of its worker. `inputs` absent: not
// checked.
CheckReport CheckOffline(const graph::Graph& graph, const std::vector<graph::Catalog>& catalogs,
                         const std::optional<std::vector<graph::NamedValue>>& inputs);

// A line a problem, then one for the whole; `name` is that of the graph's file.
std::string DescribeReport(const CheckReport& report, std::string_view name);

// {"ok", "problems": [{"location", "port", "message", "expected", "found"}], "unchecked_calls",
//  "unchecked_workers"}
graph::Object ReportToJson(const CheckReport& report);

}  // namespace orrery::cli
