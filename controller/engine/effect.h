// Everything that can be asked of the outside.
//
// Effects are free (performed at once) or gated (performed when the records that justify them are
// durable); engine.h returns them apart.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/digest.h"
#include "base/uuid.h"
#include "controller/engine/compiled_graph.h"
#include "controller/engine/ids.h"
#include "controller/engine/outcome.h"
#include "controller/engine/workflow/element_list.h"
#include "graph/builtins/effects.h"
#include "graph/location.h"

namespace orrery::engine {

// --- To workers ---

struct HeldVerdict {
  AttemptId attempt;
  bool keep = false;
};

struct WelcomeWorker {
  SessionId session;
  std::vector<HeldVerdict> verdicts;
};

enum class RefusalReason { kCatalogClash, kInvalidHello };

struct RefuseWorker {
  SessionId session;
  RefusalReason reason = RefusalReason::kInvalidHello;
  std::string message;
};

// Names and ports are those of `node` in `graph`: nothing is copied per attempt.
struct AssignAttempt {
  SessionId session;
  AttemptId attempt;
  Uuid workflow;
  graph::Location location;
  std::shared_ptr<const CompiledGraph> graph;
  NodeIndex node = 0;
  std::uint32_t task_index = 0;         // Into the worker's catalog.
  std::vector<graph::ValuePtr> inputs;  // In the order of the node's wired inputs.
  Digest inputs_digest;
};

struct CancelAttempt {
  SessionId session;
  AttemptId attempt;
  std::string reason;
};

// Gated: from here on the worker may forget the session's outcomes up to `sequence`.
struct AcknowledgeOutcomes {
  SessionId session;
  std::uint64_t sequence = 0;
};

// The same process has connected anew: this connection is dead.
struct CloseSession {
  SessionId session;
  std::string reason;
};

// --- To clients ---

struct AnswerRequest {
  RequestId request;
  absl::Status status;
  // A submission that was made before.
  bool already_submitted = false;
};

// --- To the views and the checkpoint tree ---

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

  friend bool operator==(const NodeCounts&, const NodeCounts&) = default;
};

struct WorkflowProgressed {
  Uuid id;
  NodeCounts counts;
};

enum class WorkflowStatus { kRunning, kSucceeded, kFailed, kCancelled };

struct WorkflowFailure {
  graph::Location location;
  std::string function_name;
  TaskError error;
  std::string worker;
  std::string host;
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

// --- To the storage ---

// Answered by the input ValueLoaded.
struct LoadValue {
  Digest digest;
  std::uint64_t size_bytes = 0;
};

// Answered by the input ValueStored. Idempotent: the digest is that of the bytes.
struct StoreValue {
  Digest digest;
  std::shared_ptr<const std::string> bytes;
};

// Answered by the input HistoryLoaded: what the journal has of the workflow.
struct LoadHistory {
  WorkflowNumber number;
};

// --- To chance ---

// Answered by the input RandomDrawn: a number from `range`, each equally likely.
struct DrawRandom {
  DrawId draw;
  graph::RandomRange range;
};

using Effect =
    std::variant<WelcomeWorker, RefuseWorker, AssignAttempt, CancelAttempt, AcknowledgeOutcomes,
                 CloseSession, AnswerRequest, WorkflowStarted, WorkflowProgressed, WorkflowSettled,
                 WorkflowDropped, FrameOpened, NodeStarted, NodeSettled, LoadValue, StoreValue,
                 LoadHistory, DrawRandom>;

}  // namespace orrery::engine
