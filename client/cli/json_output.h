// Makes the JSON object that `-o json` prints.
//
// Threading: functions without state.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "client/cli/console.h"
#include "client/cpp/workflow.h"
#include "graph/canonical.h"
#include "graph/datum.h"
#include "graph/value.h"

namespace orrery::cli {

// Returns `object` as standard JSON on a line of its own.
std::string JsonLine(const graph::Object& object);

// Prints JsonLine. Every command prints its JSON here.
void PrintJson(Console& console, const graph::Object& object);

// Returns a JSON value as itself; any other value as {"media_type", "size", "base64"}, with
// "digest" instead of "base64" if it is larger than graph::kInlineValueBytes. A JSON value that
// standard JSON cannot express, such as NaN or half of a surrogate pair, is such another value.
graph::Datum ValueToJson(const graph::Value& value);

// {port: value}
graph::Object ValuesToJson(const std::vector<graph::NamedValue>& values);

// {"text", "shared"}
graph::Object OutputToJson(const client::OutputTail& output);

// [{"attempt", "worker", "host", "message", "at", "output"}]
graph::List AttemptsToJson(const std::vector<client::AttemptFailure>& attempts);

// {"workflow", "name", "status", "outputs"} and, if it failed, "error".
graph::Object WorkflowToJson(const client::Workflow& workflow);

// Returns the fields of WorkflowToJson and those of `show` and `list` only: times, node counts,
// reasons for waiting.
graph::Object WorkflowDetailsToJson(const client::Workflow& workflow);
// Returns the same without the outputs, which lists do not have.
graph::Object ListEntryToJson(const client::Workflow& workflow);

graph::Object WorkerToJson(const client::WorkerInfo& worker);

// {"code": ..., "message": ...}
graph::Object ErrorToJson(std::string_view code, std::string_view message);
graph::Object ErrorToJson(const absl::Status& status);

}  // namespace orrery::cli
