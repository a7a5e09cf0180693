// The state of a workflow, as clients see it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "base/uuid.h"
#include "graph/location.h"
#include "model/attempt_failure.h"
#include "model/attempt_id.h"
#include "model/outcome.h"

namespace orrery::model {

enum class WorkflowStatus { kRunning, kSucceeded, kFailed, kCancelled };

// Returns "running", "succeeded", "failed" or "cancelled".
std::string_view StatusName(WorkflowStatus status);

// Numbers of the function nodes that are known so far.
struct NodeCounts {
  std::uint64_t ready = 0;
  std::uint64_t running = 0;
  std::uint64_t finished = 0;
  std::uint64_t failed = 0;
  // Finished nodes whose outcome came from the cache.
  std::uint64_t cached = 0;

  friend bool operator==(const NodeCounts&, const NodeCounts&) = default;
};

// The failure of a node that made its workflow fail.
struct WorkflowFailure {
  graph::Location location;
  std::string function_name;  // Empty for other nodes than functions.
  TaskError error;
  std::string worker;  // Empty if no worker was involved.
  std::string host;
  AttemptId attempt;  // {0, 0} if no attempt was involved.
  // Earlier attempts that failed or were lost, oldest first.
  std::vector<AttemptFailure> earlier;
};

// The progress of a running task.
struct TaskReport {
  graph::Location location;
  std::string function_name;  // "worker.task"
  AttemptId attempt;
  TaskProgress progress;
};

struct Workflow {
  Uuid id;
  std::string name;
  // The workflow whose outcomes this one reused; its own id after a resume or restart.
  std::optional<Uuid> source;
  WorkflowStatus status = WorkflowStatus::kRunning;
  // No task of the workflow is assigned until it is unpaused.
  bool is_paused = false;
  absl::Time submitted_at;
  std::optional<absl::Time> settled_at;
  NodeCounts nodes;
  // The outputs, large values as blobs; empty unless the workflow succeeded.
  Outputs outputs;
  // The first failure, if the workflow failed.
  std::optional<WorkflowFailure> failure;
  // The workflow has settled, and files of it in the checkpoint tree are still being written.
  bool are_checkpoints_behind = false;
  // The reason why files of it are missing in the checkpoint tree; empty: none are missing.
  std::string checkpoints_incomplete;
  // The reasons why the workflow waits, if any.
  std::vector<std::string> waiting_for;
  // Progress of at most 20 running tasks that report it, ordered by location.
  std::vector<TaskReport> progress;

  bool is_settled() const { return status != WorkflowStatus::kRunning; }
};

// A part of the outputs of a named loop.
struct LoopTrace {
  // Number of iterations that have ended so far.
  std::uint64_t total = 0;
  // The outputs of each iteration, large values as blobs.
  std::vector<Outputs> iterations;
};

}  // namespace orrery::model
