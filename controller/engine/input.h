// Every kind of input: facts and requests from outside the engine.
//
// With effect.h and record.h this is the table of contents of the controller.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "base/digest.h"
#include "base/uuid.h"
#include "controller/engine/ids.h"
#include "controller/engine/record.h"
#include "controller/engine/reuse/history.h"
#include "graph/graph.h"
#include "graph/location.h"
#include "graph/task.h"
#include "model/attempt_id.h"
#include "model/outcome.h"
#include "model/submission.h"
#include "model/worker.h"

namespace orrery::engine {

// The journal has been replayed; a new epoch begins.
struct ControllerStart {
  // The number of its first attempt, drawn at random: the record of an epoch may be lost where not
  // every record is synced, and a worker that lives on must not have the same attempts then.
  std::uint64_t first_attempt = 1;
};

struct SubmitWorkflow {
  RequestId request;
  Uuid id;
  model::Submission submission;
  bool clean = false;
  bool wait_for_workers = false;
};

struct CancelWorkflow {
  RequestId request;
  Uuid id;
  std::string reason;
  // Only what runs or waits there: a task, or all in an eval, loop or map.
  std::optional<graph::Location> location;
};

// Gives nothing of it to workers any more, or gives again.
struct PauseWorkflow {
  RequestId request;
  Uuid id;
  bool is_paused = true;
};

// Runs a settled workflow again, and reuses the outcomes that are still valid.
struct RerunWorkflow {
  RequestId request;
  Uuid source;
  // The id of the source: the earlier run is deleted. Another id: a new workflow.
  Uuid id;
  // A node to run again, with all that depends on it.
  std::optional<graph::Location> from;
  // Instead of those that it had, by name.
  std::vector<graph::NamedValue> inputs;
  // Nothing: that of the earlier run.
  std::optional<model::CacheMode> cache_mode = {};

  // It is to go on from where it was, no more.
  bool is_resume() const { return id == source && !from.has_value(); }
};

// Deletes the workflows that have finished and are not in use; the others stay.
struct DeleteWorkflows {
  RequestId request;
  std::vector<WorkflowNumber> workflows;
};

// The answer to LoadHistory.
struct HistoryLoaded {
  WorkflowNumber number;
  absl::StatusOr<std::shared_ptr<const History>> history;
};

struct WorkerHello {
  SessionId session;
  model::WorkerDescription worker;
  std::vector<model::HeldAttempt> held;
  // Proves that the process is the one that joined as the instance; empty: it has none yet.
  std::string key = {};
  // Random: the key of a process that joins without one.
  std::string new_key = {};
};

// The answer to AdmitWorker.
struct WorkerAdmitted {
  SessionId session;
};

// The catalog that the workers of a pool will offer, before any of them has connected; or why it is
// not known. Not recorded: a restarted controller asks for it again.
struct PoolAnnounced {
  std::string pool;
  absl::StatusOr<std::shared_ptr<const graph::Catalog>> catalog;
};

// The connection is lost. The worker may live, and reconnect.
struct SessionLost {
  SessionId session;
};

// The worker process has ended: it will not reconnect.
struct WorkerDied {
  Uuid instance;
  model::WorkerEnd end;
};

// It takes no more work.
struct WorkerDraining {
  SessionId session;
};

// Gives the workers of a name, or one instance, nothing more; they leave when they hold nothing.
struct DrainWorkers {
  RequestId request;
  std::string worker;
  std::string reason;
  // Answered when they have left, otherwise at once.
  bool waits = false;
  // Answered when as many others of their names have connected since, too.
  bool awaits_replacements = false;
};

// How far running attempts are.
struct ProgressReported {
  SessionId session;
  std::vector<model::AttemptProgress> reports;
  // Slots held by tasks that ignore their timeout or cancellation.
  std::uint32_t stuck_slots = 0;
};

struct OutcomesReceived {
  SessionId session;
  std::vector<model::Outcome> outcomes;
};

// An assignment that is larger than its worker accepts.
struct AttemptUndeliverable {
  SessionId session;
  model::AttemptId attempt;
  std::string message;  // Both sizes.
};

// Given back without an outcome: never started, or stopped as asked.
struct AttemptsReleased {
  SessionId session;
  std::vector<model::AttemptId> attempts;
};

// The answer to LoadValue.
struct ValueLoaded {
  Digest digest;
  absl::StatusOr<std::string> bytes;
};

// The answer to StoreValue.
struct ValueStored {
  Digest digest;
  absl::Status status;
};

// Time has passed; deadlines may be due.
struct Tick {};

using Input = std::variant<ControllerStart, SubmitWorkflow, CancelWorkflow, PauseWorkflow,
                           RerunWorkflow, DeleteWorkflows, HistoryLoaded, PoolAnnounced,
                           WorkerHello, WorkerAdmitted, SessionLost, WorkerDied, WorkerDraining,
                           DrainWorkers, ProgressReported, OutcomesReceived, AttemptUndeliverable,
                           AttemptsReleased, ValueLoaded, ValueStored, Tick>;

}  // namespace orrery::engine
