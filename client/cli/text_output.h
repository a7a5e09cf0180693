// Formats tables and workflows as text for people.
//
// Threading: functions without state.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "client/cpp/workflow.h"
#include "graph/value.h"

namespace orrery::cli {

// Returns a table of left-aligned columns, two spaces apart; the first row is the heading. Escapes
// the cells; the last cell of a row may have several lines, which stay in its column.
std::string FormatTable(const std::vector<std::vector<std::string>>& rows);

// Returns a heading and the lines of the output, indented; empty if the output is empty.
std::string DescribeOutput(const client::OutputTail& output, std::string_view indent);

// Returns "succeeded in 120ms", "failed at -.N3 (scipy_worker.linspace): no room", ...
std::string DescribeEnd(const client::Workflow& workflow);

// Returns a JSON value as itself, and the size and media type of any other.
std::string DescribeValue(const graph::Value& value);

// Returns the duration from submission to the end, or to `now`: "1.2s".
std::string DescribeElapsed(const client::Workflow& workflow, absl::Time now);

// Returns the state in one line: "1.2s running: 2 finished, 1 running, 0 ready".
std::string DescribeChange(const client::Workflow& workflow, absl::Time now);

// Returns every property of a workflow, one line each.
std::string DescribeWorkflow(const client::Workflow& workflow, absl::Time now);

}  // namespace orrery::cli
