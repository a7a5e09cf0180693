// Every kind of record: the decisions that the journal holds, and all that a replay needs.
//
// Only outcomes are recorded. Their consequences (constants, evals, ready nodes) are derived again.
// A record names nodes by workflow and location, which do not depend on the order of execution.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/time/time.h"
#include "base/digest.h"
#include "base/uuid.h"
#include "controller/engine/ids.h"
#include "graph/graph.h"
#include "graph/location.h"
#include "graph/task.h"
#include "model/attempt_id.h"
#include "model/outcome.h"
#include "model/submission.h"
#include "model/worker.h"

namespace orrery::engine {

struct ControllerStarted {
  std::uint64_t epoch = 0;
};

// Workers are recorded so that a restarted controller waits for them before it assigns attempts
// that they may hold to other workers.
struct WorkerJoined {
  Uuid instance;
  std::string worker;
  bool dies_with_controller = false;
  // Of the session key, which later sessions of the instance must bring; nothing in old records.
  std::optional<Digest> key_digest = {};
  std::string host = {};
  std::uint32_t process_id = 0;
};

struct WorkerLeft {
  Uuid instance;
};

// The earlier run of the same graph whose outcomes a workflow reuses.
struct Reuse {
  WorkflowNumber source;
  Uuid source_id;
  // A node that is run again, with every node that depends on it.
  std::optional<graph::Location> from;
};

// A task as it was offered when a graph that calls it was checked.
struct CheckedTask {
  std::string function_name;
  Digest signature;  // graph::SignatureDigest.
  std::shared_ptr<const graph::TaskSpec> task;
};

struct WorkflowSubmitted {
  WorkflowNumber number;
  Uuid id;
  model::Submission submission;
  std::optional<Reuse> reuse;
  // Of the tasks that the graph calls, those that were offered.
  std::vector<CheckedTask> tasks = {};
};

// Every outcome that can be reused has been; all other nodes are run.
struct ReuseEnded {
  WorkflowNumber number;
};

// Names one node instance.
struct NodeKey {
  WorkflowNumber workflow;
  graph::Location location;

  friend auto operator<=>(const NodeKey&, const NodeKey&) = default;
};

// The least key of a workflow's nodes: all others follow in an ordered container.
inline NodeKey FirstKeyOf(WorkflowNumber workflow) { return {workflow, {}}; }

// The worker that ran an attempt, for people.
struct AttemptOrigin {
  model::AttemptId attempt;
  Uuid instance;
  std::string worker;
  std::string host;
  absl::Time started_at;
  absl::Time finished_at;
};

// A node sleeps; it ends by itself.
struct NodeSleeping {
  NodeKey node;
  absl::Time until;
};

// The part of the cache in the outcome of a cacheable task.
struct CacheNote {
  // The version of the task, as its worker declared it.
  std::string version = {};
  // The node whose outcome was reused; nothing: the task was run.
  struct Source {
    Uuid workflow;
    graph::Location location;

    friend bool operator==(const Source&, const Source&) = default;
  };
  std::optional<Source> source = {};
  // The reason why the task was run although outcomes may be reused, for people.
  std::string miss = {};

  friend bool operator==(const CacheNote&, const CacheNote&) = default;
};

// The one accepted outcome of a task, or of a builtin whose outcome does not follow from its
// arguments.
struct NodeFinished {
  NodeKey node;
  AttemptOrigin origin;
  model::Outputs outputs;
  // Of the function and its inputs (CallDigest): another run may reuse the outcome of the same
  // call.
  Digest call;
  // Of a cacheable task.
  std::optional<CacheNote> cache = {};
};

struct NodeFailed {
  NodeKey node;
  AttemptOrigin origin;
  model::TaskError error;
};

// An attempt of a task that takes effect at most once. Durable before the attempt is assigned: a
// node that has this record and no outcome is not assigned to another worker.
struct AttemptStarted {
  NodeKey node;
  AttemptOrigin origin;
};

// The worker released the attempt before it ran: it has taken no effect.
struct AttemptReleased {
  NodeKey node;
  model::AttemptId attempt;
};

// The attempt ended with an error, and the node is retried.
struct AttemptFailed {
  NodeKey node;
  AttemptOrigin origin;
  model::TaskError error;
  absl::Time retry_at;
};

// The worker of the attempt was lost; counts against one of the node's limits.
struct AttemptLost {
  NodeKey node;
  AttemptOrigin origin;
  model::WorkerEnd end;
  // Other tasks ran in the process: any of them may have ended it.
  bool is_shared = false;
};

// A node had failed, and nothing else of the workflow ran.
struct WorkflowFailed {
  WorkflowNumber number;
};

// The workflow was paused or unpaused.
struct WorkflowPaused {
  WorkflowNumber number;
  bool is_paused = true;
};

struct WorkflowCancelled {
  WorkflowNumber number;
  std::string reason;
};

struct WorkflowDeleted {
  WorkflowNumber number;
};

struct Record {
  // When it was decided; a replay sees the same time.
  absl::Time at;
  std::variant<ControllerStarted, WorkerJoined, WorkerLeft, WorkflowSubmitted, ReuseEnded,
               NodeSleeping, NodeFinished, NodeFailed, AttemptStarted, AttemptReleased,
               AttemptFailed, AttemptLost, WorkflowFailed, WorkflowPaused, WorkflowCancelled,
               WorkflowDeleted>
      body;
};

}  // namespace orrery::engine
