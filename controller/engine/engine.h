// The scheduler as a pure function: state, time and input in; records and effects out.
//
//   Output{records, free, gated} = Step(now, input)
//
// No clock, thread, socket, file or random number inside. The same inputs give the same bytes, in
// every build. Replay(record) rebuilds the state that led to the record; the consequences of a
// record are derived again.
//
// A step handles its input, then runs the phases in a fixed order. Each phase owns its state and is
// in a folder of its own. Every durable change is a record that a phase decides (Core::Decide): the
// Applier applies it, and the Derivation acts on its consequence.
//
//   client_requests.h   submissions, cancellations, pauses, reruns    Apply a record: applier.h
//   sessions.h          workers that connect, answer, drain and die   Follow it:      derivation.h
//   scheduling/         ready nodes, workers, attempts                Replay it:      replayer.h
//   recovery/  reuse/  cache/  waits/                                 Answer why:     explain/
//
// Threading: confined to one thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/digest.h"
#include "base/uuid.h"
#include "controller/engine/applier.h"
#include "controller/engine/client_requests.h"
#include "controller/engine/core.h"
#include "controller/engine/derivation.h"
#include "controller/engine/effect.h"
#include "controller/engine/explain/explain.h"
#include "controller/engine/explain/explanation.h"
#include "controller/engine/input.h"
#include "controller/engine/output.h"
#include "controller/engine/phases.h"
#include "controller/engine/record.h"
#include "controller/engine/recovery/recovery.h"
#include "controller/engine/replayer.h"
#include "controller/engine/retention/store_roots.h"
#include "controller/engine/reuse/reuses.h"
#include "controller/engine/scheduling/scheduler.h"
#include "controller/engine/sessions.h"
#include "controller/engine/settings.h"
#include "controller/engine/waits/waits.h"
#include "model/explanation.h"
#include "model/garbage.h"
#include "model/worker.h"
#include "model/workflow.h"

namespace orrery::engine {

class Engine {
 public:
  explicit Engine(Settings settings, Poison poison = {});

  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  // Requires that `now` is not before that of any earlier call.
  Output Step(absl::Time now, Input input);

  // Before the first Step. kDataLoss: the record does not follow from those before it. The output
  // has no records; its effects are those for the views and the checkpoint tree, and StoreValue,
  // all of them idempotent. `read` is asked for values that must be looked into.
  absl::StatusOr<Output> Replay(const Record& record, const ValueReader& read);

  // When Tick will have something to do; nothing: never.
  std::optional<absl::Time> NextDeadline() const;

  std::uint64_t epoch() const { return core_.epoch; }
  // Returns the ids of the unsettled workflows that are held.
  std::vector<Uuid> HeldWorkflows() const;
  std::vector<model::WorkerInfo> Workers() const;

  // As of explain/explain.h.
  std::vector<std::string> WaitingFor(const Uuid& workflow) const {
    return engine::WaitingFor(View(), workflow);
  }
  absl::StatusOr<model::Explanation> Explain(const Uuid& workflow,
                                             const std::optional<graph::Location>& location) const {
    return engine::Explain(View(), workflow, location);
  }
  std::vector<model::TaskReport> Progress(const Uuid& workflow) const {
    return engine::Progress(View(), workflow);
  }
  absl::StatusOr<model::LoopTrace> Trace(const Uuid& workflow, std::string_view loop,
                                         std::uint64_t offset, std::uint64_t limit) const {
    return engine::Trace(View(), workflow, loop, offset, limit);
  }
  // The number of a workflow, settled or not; nothing if there is none.
  std::optional<WorkflowNumber> FindNumber(const Uuid& workflow) const;

  // As of ClientRequests.
  absl::StatusOr<WorkflowSubmitted> PrepareRerun(const RerunWorkflow& input,
                                                 const History& history) const {
    return requests_.PrepareRerun(input, history);
  }

  // The finished workflows that `retention` keeps no longer at `now`, the first that finished
  // first; none that is in use.
  std::vector<WorkflowNumber> FindExpired(absl::Time now, const model::Retention& retention) const;
  StoreRoots FindRoots() const;

  // Checks what must hold between calls; kInternal names the first thing that does not.
  absl::Status CheckInvariants() const;
  // Of everything that a replay of the same records must rebuild.
  Digest StateDigest() const;

 private:
  void On(const ControllerStart& input);
  void On(const Tick& input);
  // Hands the input to the phase that handles it.
  void Dispatch(Input& input);
  void Decide(Record record);
  void Act(const Consequence& consequence);
  EngineView View() const { return {core_, scheduler_, recovery_, reuses_, waits_}; }
  absl::Status CheckWorkflow(const Workflow& workflow) const;
  absl::Status CheckHeldAttempts() const;

  bool is_replaying_ = true;
  Core core_;
  Scheduler scheduler_{core_};
  Recovery recovery_{core_, scheduler_};
  Reuses reuses_{core_, scheduler_.ready()};
  Waits waits_{core_};
  const Phases phases_{scheduler_, recovery_, reuses_, waits_};
  Derivation derivation_{core_, phases_};
  Applier applier_{core_, phases_};
  Replayer replayer_{core_, applier_, reuses_};
  Sessions sessions_{core_, scheduler_, recovery_};
  ClientRequests requests_{core_, scheduler_, reuses_};
};

}  // namespace orrery::engine
