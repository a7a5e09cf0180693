// One execution of a task, from its assignment to its outcome.
//
// Threading: thread-compatible; value types.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "absl/time/time.h"
#include "graph/canonical.h"

namespace orrery {

// The fencing token: the epoch grows with every start of a controller.
struct AttemptId {
  std::uint64_t epoch = 0;
  std::uint64_t number = 0;

  friend auto operator<=>(const AttemptId&, const AttemptId&) = default;
};

struct Assignment {
  AttemptId attempt;
  // As the controller wrote it: 16 bytes.
  std::string workflow_id;
  // "-.N3.L2.N1"
  std::string location;
  // Index into the worker's catalog.
  std::size_t task_index = 0;
  std::string task;
  std::vector<graph::NamedValue> inputs;
  std::vector<std::string> wanted_outputs;
  std::string inputs_digest;
  // After so long it ends with a timeout.
  absl::Duration run_timeout = absl::InfiniteDuration();
};

enum class TaskErrorKind {
  kTask,         // The task's function reported it.
  kSerializer,   // An input could not be read, or an output not be written.
  kStorage,      // The storage failed.
  kCancelled,    // It was cancelled, as asked.
  kTimeout,      // It ran longer than its assignment allows.
  kOutOfMemory,  // There was no memory for it.
};

// The end of what an attempt logged and wrote to stderr.
struct OutputTail {
  std::string text;
  // Some of it may be of other attempts that ran at the time.
  bool is_shared = false;

  friend bool operator==(const OutputTail&, const OutputTail&) = default;
};

struct TaskError {
  TaskErrorKind kind = TaskErrorKind::kTask;
  std::string message;
  // Where it came from.
  std::string details;
  // Another attempt must not be made.
  bool is_final = false;
  OutputTail output;

  friend bool operator==(const TaskError&, const TaskError&) = default;
};

using TaskOutputs = std::vector<graph::NamedValue>;
using TaskResult = std::variant<TaskOutputs, TaskError>;

struct Outcome {
  AttemptId attempt;
  // 1, 2, 3, ... within a session; 0: not sent in this session.
  std::uint64_t sequence = 0;
  absl::Time started_at;
  absl::Time finished_at;
  TaskResult result;
};

}  // namespace orrery
