// Everything that can be decided: what the journal holds, and all that a replay needs.
//
// Only outcomes are recorded. What follows from them (constants, evals, which node is ready) is
// derived again. A record names nodes by workflow and location, which do not depend on the order in
// which things happened to run.
#pragma once

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
#include "model/attempt_id.h"
#include "model/outcome.h"
#include "model/submission.h"
#include "model/worker.h"

namespace orrery::engine {

struct ControllerStarted {
  std::uint64_t epoch = 0;
};

// Workers are recorded so that a restarted controller knows whom to wait for before it gives work
// that may be in their hands to others.
struct WorkerJoined {
  Uuid instance;
  std::string worker;
  bool dies_with_controller = false;
};

struct WorkerLeft {
  Uuid instance;
};

// What a workflow takes over: the outcomes of an earlier run of the same graph.
struct Reuse {
  WorkflowNumber source;
  Uuid source_id;
  // A node that is run again, with all that depends on it.
  std::optional<graph::Location> from;
};

struct WorkflowSubmitted {
  WorkflowNumber number;
  Uuid id;
  model::Submission submission;
  std::optional<Reuse> reuse;
};

// All that could be taken over has been; from here on everything is run.
struct ReuseEnded {
  WorkflowNumber number;
};

// Names one node instance.
struct NodeKey {
  WorkflowNumber workflow;
  graph::Location location;

  friend auto operator<=>(const NodeKey&, const NodeKey&) = default;
};

// Who ran an attempt, for people.
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

// What the cache had to do with the outcome of a cacheable task.
struct CacheNote {
  // The task's, as its worker declared it.
  std::string version = {};
  // Where it was taken from; nothing: the task was run.
  struct Source {
    Uuid workflow;
    graph::Location location;

    friend bool operator==(const Source&, const Source&) = default;
  };
  std::optional<Source> source = {};
  // Why it was run though outcomes may be taken over, for people.
  std::string miss = {};

  friend bool operator==(const CacheNote&, const CacheNote&) = default;
};

// The one accepted outcome of a task, or of a builtin whose outcome no function of its arguments
// is.
struct NodeFinished {
  NodeKey node;
  AttemptOrigin origin;
  model::Outputs outputs;
  // Of what was called with which inputs (CallDigest): another run may take over the outcome of the
  // same call.
  Digest call;
  // Of a cacheable task.
  std::optional<CacheNote> cache = {};
};

struct NodeFailed {
  NodeKey node;
  AttemptOrigin origin;
  model::TaskError error;
};

// An attempt of a task that takes effect at most once. Durable before the worker is given the
// attempt: a node that has one and no outcome is not given to another worker.
struct AttemptStarted {
  NodeKey node;
  AttemptOrigin origin;
};

// The worker gave the attempt back before it ran: it has taken no effect.
struct AttemptReleased {
  NodeKey node;
  model::AttemptId attempt;
};

// It ended with an error, and is tried again.
struct AttemptFailed {
  NodeKey node;
  AttemptOrigin origin;
  model::TaskError error;
  absl::Time retry_at;
};

// A worker died with it; counts against one of the node's budgets.
struct AttemptLost {
  NodeKey node;
  AttemptOrigin origin;
  model::WorkerEnd end;
};

// A node had failed, and then nothing ran any more.
struct WorkflowFailed {
  WorkflowNumber number;
};

// Nothing more is given to workers, or is again.
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
