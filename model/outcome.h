// The outcome of an attempt, as its worker reports it and the journal stores it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/time/time.h"
#include "graph/canonical.h"
#include "graph/value.h"
#include "model/attempt_id.h"

namespace orrery::model {

enum class TaskErrorKind {
  kTask,          // The function of the task reported the error.
  kSerializer,    // An input could not be decoded, or an output not be encoded.
  kStorage,       // The storage failed.
  kCancelled,     // The attempt was cancelled on request.
  kWorkersLost,   // More workers than allowed were lost while they ran the node.
  kTimeout,       // The run timeout or the queue timeout expired.
  kOutOfMemory,   // Too little memory, or more workers than allowed were killed for theirs.
  kInvalidValue,  // A value that controls the graph, such as a predicate, is invalid.
};

// The end of an attempt's output: its log and stderr, or, if its worker was lost, the output of the
// process.
struct OutputTail {
  std::string text;  // Empty: no output, or unknown.
  // A part may be of other attempts of the process.
  bool is_shared = false;

  friend bool operator==(const OutputTail&, const OutputTail&) = default;
};

struct TaskError {
  TaskErrorKind kind = TaskErrorKind::kTask;
  std::string message;
  std::string details;  // Source of the error, such as a traceback.
  // The task forbids another attempt.
  bool is_final = false;
  OutputTail output;

  friend bool operator==(const TaskError&, const TaskError&) = default;
};

// The latest progress that a running task reported.
struct TaskProgress {
  double fraction = 0;  // 0 to 1.
  std::string note;

  friend bool operator==(const TaskProgress&, const TaskProgress&) = default;
};

// A worker's report on one attempt.
struct AttemptProgress {
  AttemptId attempt;
  TaskProgress progress;

  friend bool operator==(const AttemptProgress&, const AttemptProgress&) = default;
};

using Outputs = std::vector<graph::NamedValue>;
using TaskResult = std::variant<Outputs, TaskError>;

struct Outcome {
  AttemptId attempt;
  // Numbers the outcomes of a session from 1; the controller acknowledges all up to a number.
  std::uint64_t sequence = 0;
  absl::Time started_at;
  absl::Time finished_at;
  TaskResult result;
};

// Returns the value with the name; null if no output has it.
inline graph::ValuePtr FindOutput(const Outputs& outputs, std::string_view name) {
  const auto it = std::ranges::find(outputs, name, &graph::NamedValue::name);
  return it == outputs.end() ? nullptr : it->value;
}

}  // namespace orrery::model
