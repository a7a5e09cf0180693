// Notifications to the views and the checkpoint tree. All but TasksProgressed are gated: neither
// shows a change that may be lost.
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
#include "controller/engine/compiled_graph.h"
#include "controller/engine/workflow/element_list.h"
#include "graph/location.h"
#include "model/outcome.h"
#include "model/workflow.h"

namespace orrery::engine {

struct WorkflowStarted {
  Uuid id;
  std::string name;
  absl::Time at;
  // The run whose outcomes it reuses; its own id if it was resumed or restarted.
  std::optional<Uuid> source;
};

struct WorkflowProgressed {
  Uuid id;
  model::NodeCounts counts;
};

// Running tasks of the workflow have reported progress. Free: a report is never durable.
struct TasksProgressed {
  Uuid id;
};

struct WorkflowPauseChanged {
  Uuid id;
  bool is_paused = false;
};

struct WorkflowSettled {
  Uuid id;
  model::WorkflowStatus status = model::WorkflowStatus::kRunning;
  absl::Time at;
  model::Outputs outputs;                        // If it succeeded.
  std::vector<model::WorkflowFailure> failures;  // If it failed; the first one first.
  std::string reason;                            // If it was cancelled.
};

// The workflow was deleted: its view and its checkpoints are deleted, too.
struct WorkflowRemoved {
  Uuid id;
};

// A frame was opened, with these inputs.
struct FrameOpened {
  Uuid workflow;
  graph::Location location;
  std::shared_ptr<const CompiledGraph> graph;
  // The graph and node that opened it; null for the root.
  std::shared_ptr<const CompiledGraph> parent;
  NodeIndex parent_node = 0;
  model::Outputs inputs;
};

struct NodeStarted {
  Uuid workflow;
  graph::Location location;  // Of the node.
  std::shared_ptr<const CompiledGraph> graph;
  NodeIndex node = 0;
};

struct NodeSettled {
  Uuid workflow;
  // Of the node; or of the root (`-`), an iteration or an element, when the frame itself has ended.
  graph::Location location;
  std::shared_ptr<const CompiledGraph> graph;
  NodeIndex node = 0;
  std::variant<model::Outputs, model::TaskError> result;
  // Of ports that carry elements.
  MadeElements elements;
};

}  // namespace orrery::engine
