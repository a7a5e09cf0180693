// What people read: tables, and a workflow in words.
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

// Left-aligned columns, two spaces apart; the first row is the heading.
std::string FormatTable(const std::vector<std::vector<std::string>>& rows);

// What was written last, each line indented on a line of its own after a heading; empty if nothing.
std::string DescribeOutput(const client::OutputTail& output, std::string_view indent);

// "succeeded in 120ms", "failed at -.N3 (scipy_worker.linspace): no room", ...
std::string DescribeEnd(const client::Workflow& workflow);

// A JSON value as itself; of any other, what it is.
std::string DescribeValue(const graph::Value& value);

// From submission to the end, or to `now`: "1.2s".
std::string DescribeAge(const client::Workflow& workflow, absl::Time now);

// What changed, in a line: "1.2s running: 2 finished, 1 running, 0 ready".
std::string DescribeChange(const client::Workflow& workflow, absl::Time now);

// Everything about a workflow, a line each.
std::string DescribeWorkflow(const client::Workflow& workflow, absl::Time now);

}  // namespace orrery::cli
