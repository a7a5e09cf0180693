// The scheduler as a pure function: state, time and input in; records and effects out.
//
//   Output{records, free, gated} = Step(now, input)
//
// No clock, thread, socket, file or random number inside. The same inputs give the same bytes, in
// every build. Replay(record) rebuilds the state that led to the record; what follows from a record
// is derived again.
//
// Threading: confined to one thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/digest.h"
#include "base/uuid.h"
#include "controller/engine/effect.h"
#include "controller/engine/explanation.h"
#include "controller/engine/input.h"
#include "controller/engine/outcome.h"
#include "controller/engine/record.h"
#include "controller/engine/retention/store_roots.h"
#include "controller/engine/settings.h"
#include "controller/engine/worker_snapshot.h"

namespace orrery::engine {

struct Output {
  std::vector<Record> records;
  // Perform at once.
  std::vector<Effect> free;
  // Perform when `records`, and all before them, are durable.
  std::vector<Effect> gated;
};

// Reads the bytes of a blob at once; for replays, before anybody waits.
using ValueReader = std::function<absl::StatusOr<std::string>(const Digest&)>;

// A part of what a named loop has put out.
struct LoopTrace {
  // Iterations that have ended so far.
  std::uint64_t total = 0;
  std::vector<Outputs> iterations;
};

// How far a running task is, as it last reported.
struct TaskReport {
  graph::Location location;
  std::string function_name;
  AttemptId attempt;
  TaskProgress progress;
};

// Reports that one answer names.
inline constexpr std::size_t kTaskReportsMax = 20;

class Engine {
 public:
  explicit Engine(Settings settings);
  ~Engine();

  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  // `now` must not be before that of any earlier call.
  Output Step(absl::Time now, Input input);

  // Before the first Step. kDataLoss: the record does not follow from those before it. The output
  // has no records; its effects are those for the views and the checkpoint tree, and StoreValue,
  // all of them idempotent. `read` is asked for values that must be looked into.
  absl::StatusOr<Output> Replay(const Record& record, const ValueReader& read);

  // When Tick will have something to do.
  std::optional<absl::Time> NextDeadline() const;

  std::uint64_t epoch() const;
  std::vector<WorkerSnapshot> Workers() const;
  // Why the workflow does not go on, one reason a line; empty if it does, or is unknown.
  std::vector<std::string> WaitingFor(const Uuid& workflow) const;

  // Why the workflow, or what is at the location, stands where it stands, as far as the engine
  // knows; about what has ended the journal says more (Complete). kNotFound: no such workflow.
  absl::StatusOr<Explanation> Explain(const Uuid& workflow,
                                      const std::optional<graph::Location>& location) const;
  // How far the workflow's running tasks are that report it, ordered by location; at most
  // kTaskReportsMax. Empty if there is no such workflow.
  std::vector<TaskReport> Progress(const Uuid& workflow) const;
  // The number of a workflow, settled or not; nothing if there is none.
  std::optional<WorkflowNumber> FindNumber(const Uuid& workflow) const;

  // The outputs of a named loop, at most `limit` iterations from `offset` on; `loop` is its name
  // or, where several have it, its location. kNotFound: the workflow is unknown, or keeps no trace
  // of such a loop.
  absl::StatusOr<LoopTrace> Trace(const Uuid& workflow, std::string_view loop, std::uint64_t offset,
                                  std::uint64_t limit) const;

  // The submission that runs the source of `input` again, given what the journal has of it.
  // kNotFound, kFailedPrecondition, kAlreadyExists, kInvalidArgument: why there can be none.
  absl::StatusOr<WorkflowSubmitted> PrepareRerun(const RerunWorkflow& input,
                                                 const History& history) const;

  // The finished workflows that `retention` keeps no longer at `now`, the first that finished
  // first; none that is in use.
  std::vector<WorkflowNumber> FindExpired(absl::Time now, const Retention& retention) const;
  StoreRoots FindRoots() const;

  // What must hold between calls; kInternal names the first that does not.
  absl::Status CheckInvariants() const;
  // Of everything that a replay of the same records must rebuild.
  Digest StateDigest() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace orrery::engine
