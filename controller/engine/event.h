// What the views and the checkpoint tree are told. Gated, all of it: nobody sees what may be lost.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/time/time.h"
#include "base/uuid.h"
#include "controller/engine/attempt_failure.h"
#include "controller/engine/compiled_graph.h"
#include "controller/engine/outcome.h"
#include "controller/engine/workflow/element_list.h"
#include "graph/location.h"

namespace orrery::engine {

struct WorkflowStarted {
  Uuid id;
  std::string name;
  absl::Time at;
  // The run from which it takes over outcomes; its own id if it goes on under that.
  std::optional<Uuid> source;
};

// Function nodes, counted as they are discovered.
struct NodeCounts {
  std::uint64_t ready = 0;
  std::uint64_t running = 0;
  std::uint64_t finished = 0;
  std::uint64_t failed = 0;
  // Of the finished ones, those whose outcome was taken from the cache.
  std::uint64_t cached = 0;

  friend bool operator==(const NodeCounts&, const NodeCounts&) = default;
};

struct WorkflowProgressed {
  Uuid id;
  NodeCounts counts;
};

// Running tasks of it have reported how far they are. Free: a report is never durable.
struct TasksProgressed {
  Uuid id;
};

enum class WorkflowStatus { kRunning, kSucceeded, kFailed, kCancelled };

struct WorkflowFailure {
  graph::Location location;
  std::string function_name;
  TaskError error;
  std::string worker;
  std::string host;
  AttemptId attempt;  // {0, 0}: none was involved.
  // Attempts that failed or were lost before, oldest first.
  std::vector<AttemptFailure> earlier;
};

struct WorkflowPauseChanged {
  Uuid id;
  bool is_paused = false;
};

struct WorkflowSettled {
  Uuid id;
  WorkflowStatus status = WorkflowStatus::kRunning;
  absl::Time at;
  Outputs outputs;                        // If it succeeded.
  std::vector<WorkflowFailure> failures;  // If it failed; the first one first.
  std::string reason;                     // If it was cancelled.
};

// Forget it, and delete what the checkpoint tree holds of it.
struct WorkflowDropped {
  Uuid id;
};

// A graph instance began: what came in from outside.
struct FrameOpened {
  Uuid workflow;
  graph::Location location;
  std::shared_ptr<const CompiledGraph> graph;
  // The node it is an instance of; null for the root.
  std::shared_ptr<const CompiledGraph> parent;
  NodeIndex parent_node = 0;
  Outputs inputs;
};

struct NodeStarted {
  Uuid workflow;
  graph::Location location;  // Of the node.
  std::shared_ptr<const CompiledGraph> graph;
  NodeIndex node = 0;
};

struct NodeSettled {
  Uuid workflow;
  // Of the node; of the root (`-`), an iteration or an element once that is done itself.
  graph::Location location;
  std::shared_ptr<const CompiledGraph> graph;
  NodeIndex node = 0;
  std::variant<Outputs, TaskError> result;
  // Of ports that carry elements.
  std::vector<std::pair<std::string, ElementListPtr>> elements;
};

}  // namespace orrery::engine
