// Catalogs as proto messages.
//
// Threading: functions without state.
#pragma once

#include "absl/status/statusor.h"
#include "graph/task.h"

namespace orrery::graph {

namespace v1 {
class Catalog;
class Task;
}  // namespace v1

v1::Catalog ToProto(const Catalog& catalog);
v1::Task ToProto(const TaskSpec& task);

// Errors: kInvalidArgument, naming the task and port, for an invalid name (graph/name.h), a
// repeated name, an invalid type or default, or a task without outputs.
absl::StatusOr<Catalog> FromProto(const v1::Catalog& message);
absl::StatusOr<TaskSpec> FromProto(const v1::Task& message);

}  // namespace orrery::graph
