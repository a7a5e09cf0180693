// Everything that can be asked of the outside.
//
// Effects are free (performed at once) or gated (performed when the records that justify them are
// durable); engine.h returns them apart. Notifications are in event.h.
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
#include "controller/engine/event.h"
#include "controller/engine/ids.h"
#include "graph/location.h"
#include "model/attempt_id.h"

namespace orrery::engine {

// --- To workers ---

// A node of a workflow, as it is shown.
struct NodePlace {
  Uuid workflow;
  graph::Location location;
};

struct HeldVerdict {
  model::AttemptId attempt;
  bool keep = false;
  // The node of an attempt that the worker goes on with; nothing: its log lines are nobody's.
  std::optional<NodePlace> node = {};
};

struct WelcomeWorker {
  SessionId session;
  std::string key;  // The next Hello of the instance must bring it.
  std::vector<HeldVerdict> verdicts;
};

// Gated; answered by the input WorkerAdmitted. That the worker has joined is durable by then.
struct AdmitWorker {
  SessionId session;
};

enum class RefusalReason { kCatalogClash, kInvalidHello, kNotAllowed };

struct RefuseWorker {
  SessionId session;
  RefusalReason reason = RefusalReason::kInvalidHello;
  std::string message;
  // It may connect again after this duration; nothing: it must not.
  std::optional<absl::Duration> retry_after = {};
};

// Names and ports are those of `node` in `graph`: nothing is copied per attempt.
struct AssignAttempt {
  SessionId session;
  model::AttemptId attempt;
  Uuid workflow;
  graph::Location location;
  std::shared_ptr<const CompiledGraph> graph;
  NodeIndex node = 0;
  std::uint32_t task_index = 0;         // Into the worker's catalog.
  std::vector<graph::ValuePtr> inputs;  // In the order of the node's wired inputs.
  Digest inputs_digest;
  // The worker ends it after so long; infinite: never.
  absl::Duration run_timeout = absl::InfiniteDuration();
};

struct CancelAttempt {
  SessionId session;
  model::AttemptId attempt;
  std::string reason;
};

// To be given back if they have not started: another worker would start them at once.
struct RevokeAttempts {
  SessionId session;
  std::vector<model::AttemptId> attempts;
};

// The worker finishes what it holds, takes nothing more, and leaves.
struct DrainWorker {
  SessionId session;
  std::string reason;
};

// Gated: the worker may discard the outcomes of the session up to `sequence`.
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

using Effect = std::variant<WelcomeWorker, AdmitWorker, RefuseWorker, AssignAttempt, CancelAttempt,
                            RevokeAttempts, DrainWorker, AcknowledgeOutcomes, CloseSession,
                            AnswerRequest, WorkflowStarted, WorkflowProgressed, TasksProgressed,
                            WorkflowPauseChanged, WorkflowSettled, WorkflowRemoved, FrameOpened,
                            NodeStarted, NodeSettled, LoadValue, StoreValue, LoadHistory>;

}  // namespace orrery::engine
