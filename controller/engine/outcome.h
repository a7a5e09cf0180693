// How an attempt ended, as its worker tells it and the journal keeps it.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "absl/time/time.h"
#include "controller/engine/ids.h"
#include "graph/canonical.h"

namespace orrery::engine {

enum class TaskErrorKind {
  kTask,          // The task's function reported it.
  kSerializer,    // An input could not be read, or an output not be written.
  kStorage,       // The storage failed.
  kCancelled,     // It was cancelled, as asked.
  kWorkersLost,   // Workers died running it, more often than is allowed.
  kTimeout,       // It took longer than its policy allows, to run or to be taken by a worker.
  kOutOfMemory,   // There was no memory for it, or workers were killed for theirs too often.
  kInvalidValue,  // A value that steers the graph is not what it must be: a bad graph, say.
};

// The end of what was written while an attempt ran, for people.
struct OutputTail {
  std::string text;
  // Some of it may be of other attempts that ran in the process.
  bool is_shared = false;

  friend bool operator==(const OutputTail&, const OutputTail&) = default;
};

struct TaskError {
  TaskErrorKind kind = TaskErrorKind::kTask;
  std::string message;
  std::string details;  // A traceback, say.
  // The task said that another attempt must not be made.
  bool is_final = false;
  OutputTail output;

  friend bool operator==(const TaskError&, const TaskError&) = default;
};

// How a worker's process ended; nothing is set if nobody saw it end.
struct WorkerEnd {
  std::string reason;  // "killed by SIGKILL"
  // The kernel killed it for its memory.
  bool is_out_of_memory = false;
  std::uint64_t memory_peak_bytes = 0;  // The most it had at a time; 0: unknown.
  std::string output;                   // The end of what it wrote.

  friend bool operator==(const WorkerEnd&, const WorkerEnd&) = default;
};

// How far an attempt is, as its task last reported.
struct TaskProgress {
  double fraction = 0;  // 0 to 1.
  std::string note;

  friend bool operator==(const TaskProgress&, const TaskProgress&) = default;
};

using Outputs = std::vector<graph::NamedValue>;

struct Outcome {
  AttemptId attempt;
  // Counts a session's outcomes from 1; acknowledged cumulatively.
  std::uint64_t sequence = 0;
  absl::Time started_at;
  absl::Time finished_at;
  std::variant<Outputs, TaskError> result;
};

}  // namespace orrery::engine
