// Gives ready nodes to workers with room, and keeps those that must not be given out yet.
//
// Owns the ready nodes, the workers, their attempts, and what is known about failed ones.
//
// Threading: confined to the engine's thread.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "controller/engine/cache/cache.h"
#include "controller/engine/core.h"
#include "controller/engine/record.h"
#include "controller/engine/scheduling/attempt_table.h"
#include "controller/engine/scheduling/failure_history.h"
#include "controller/engine/scheduling/ready_nodes.h"
#include "controller/engine/scheduling/returned_attempts.h"
#include "controller/engine/scheduling/worker_table.h"
#include "model/attempt_id.h"

namespace orrery::engine {

class Scheduler {
 public:
  // `core` outlives this.
  explicit Scheduler(Core& core) : core_(core) {}
  Scheduler(const Scheduler&) = delete;
  Scheduler& operator=(const Scheduler&) = delete;

  ReadyNodes& ready() { return ready_; }
  const ReadyNodes& ready() const { return ready_; }
  WorkerTable& workers() { return workers_; }
  const WorkerTable& workers() const { return workers_; }
  AttemptTable& attempts() { return attempts_; }
  const AttemptTable& attempts() const { return attempts_; }
  FailureHistories& failures() { return failures_; }
  const FailureHistories& failures() const { return failures_; }
  ReturnedAttempts& returned() { return returned_; }
  const ReturnedAttempts& returned() const { return returned_; }
  Cache& cache() { return cache_; }
  const Cache& cache() const { return cache_; }

  // The first attempt of this epoch has this number.
  void BeginEpoch(std::uint64_t first_attempt) { last_attempt_ = first_attempt - 1; }

  // Connects the worker of the Hello: its tasks are offered.
  Worker& Connect(const WorkerHello& hello);
  // The worker is gone.
  void Erase(const Uuid& instance);
  // The worker takes no more.
  void SetDraining(Worker& worker);

  // Puts the ready node where it has to wait: in its task's queue, unless it is to be held.
  void Enqueue(const Workflow& workflow, NodeRef node, QueueEntry entry = QueueEntry::kNew);
  // Takes the ready node from where it waits.
  void Dequeue(const Workflow& workflow, NodeRef node);
  // The workflow was paused, or goes on.
  void OnPauseChanged(const Workflow& workflow);
  // Tells workers to stop attempts that are not wanted any more; their outcomes are ignored.
  void Abandon(WorkflowNumber workflow, const std::function<bool(const Attempt&)>& is_superfluous,
               const std::string& reason);
  // Adopts an attempt that the worker holds from before a restart.
  void Adopt(model::AttemptId id, Attempt attempt);
  // Fails the node whose task takes effect at most once and may have run.
  void FailUncertain(const NodeKey& node);
  // Names the worker that has the attempt, now.
  AttemptOrigin OriginOf(const Worker& worker, model::AttemptId attempt) const;
  // Returns the kind by which the node is queued, or would be; nullopt if nobody offers its task
  // and no node is queued for it.
  std::optional<TaskKindId> FindKind(const Workflow& workflow, NodeRef node) const;

  // --- Phases of a step ---
  void RetryDelayed();
  void FailOverdue();
  // Records outcomes from the cache, at most as many as a step may start nodes.
  void RecordCached();
  void FailUncertain();
  void Dispatch();
  // Asks for attempts that wait at workers while others have slots free.
  void Balance();

  // When a phase will have something to do; infinite: never.
  absl::Time NextDeadline() const;

 private:
  TaskKindId KindOf(const Workflow& workflow, NodeRef node);
  // Queues nodes anew whose task is offered otherwise than before.
  void QueueDisplaced();
  // Returns the queued kind that is next in turn and for which a worker has room.
  std::optional<TaskKindId> NextKind();
  // Returns true if workers died too often while they ran the node and others.
  bool MustRunAlone(const NodeKey& node) const;
  // Gives nodes that must run alone to workers that hold nothing. While some still wait, keeps one
  // worker from getting more until it holds nothing.
  void DispatchAlone();
  // Hands the ready node, which is nowhere, to the worker, or to the cache if its outcome is known.
  void Give(TaskKindId kind, const Worker& worker, const ReadyNode& ready, bool is_alone = false);
  void Assign(TaskKindId kind, const Worker& worker, const ReadyNode& ready, bool is_alone);

  Core& core_;
  std::uint64_t last_attempt_ = 0;
  WorkerTable workers_{core_.settings};
  AttemptTable attempts_{core_.settings, workers_};
  ReadyNodes ready_{
      [this](TaskKindId kind, bool is_queued) { workers_.groups().SetQueued(kind, is_queued); }};
  FailureHistories failures_;
  ReturnedAttempts returned_{core_.settings};
  std::optional<Uuid> kept_free_;  // The worker that DispatchAlone keeps from getting more.
  Cache cache_{core_, workers_};
};

}  // namespace orrery::engine
