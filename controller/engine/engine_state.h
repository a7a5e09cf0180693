// What the engine knows. engine_impl.h has the steps on it; the questions are in engine_query.cc.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <set>
#include <vector>

#include "absl/time/time.h"
#include "base/digest.h"
#include "base/uuid.h"
#include "controller/engine/cache/outcome_cache.h"
#include "controller/engine/cache/recent_calls.h"
#include "controller/engine/engine.h"
#include "controller/engine/graph_cache.h"
#include "controller/engine/pending/attempt_table.h"
#include "controller/engine/pending/held_nodes.h"
#include "controller/engine/pending/node_alarms.h"
#include "controller/engine/pending/node_troubles.h"
#include "controller/engine/pending/outside_waits.h"
#include "controller/engine/pending/ready_queue.h"
#include "controller/engine/pending/recovery.h"
#include "controller/engine/pending/reuse_phase.h"
#include "controller/engine/retention/finished_workflows.h"
#include "controller/engine/settings.h"
#include "controller/engine/worker_table.h"
#include "controller/engine/workflow/workflow.h"

namespace orrery::engine {

class EngineState {
 public:
  // As of Engine.
  std::uint64_t epoch() const { return epoch_; }
  std::vector<WorkerSnapshot> Workers() const;
  std::optional<WorkflowNumber> FindNumber(const Uuid& workflow) const;
  std::vector<WorkflowNumber> FindExpired(absl::Time now, const Retention& retention) const;
  StoreRoots FindRoots() const;
  Digest StateDigest() const;

 protected:
  explicit EngineState(Settings settings) : settings_(settings) {}
  ~EngineState() = default;

  // Null if there is none.
  Workflow* FindWorkflow(WorkflowNumber number) {
    const auto it = workflows_.find(number);
    return it == workflows_.end() ? nullptr : it->second.get();
  }
  const Workflow* FindWorkflow(const Uuid& id) const {
    const auto it = by_id_.find(id);
    return it == by_id_.end() ? nullptr : workflows_.at(it->second).get();
  }
  bool is_recovering() const { return !recovery_.awaited.empty(); }

  // Runs from which others take over outcomes, or are asked to.
  std::set<WorkflowNumber> SourcesInUse() const;

  const Settings settings_;
  bool is_replaying_ = true;
  absl::Time now_ = absl::InfinitePast();
  Output out_;
  std::uint64_t epoch_ = 0;
  std::uint64_t last_attempt_ = 0;

  GraphCache graphs_;
  std::map<WorkflowNumber, std::unique_ptr<Workflow>> workflows_;
  std::map<Uuid, WorkflowNumber> by_id_;
  std::uint64_t last_workflow_ = 0;
  // Of graph, inputs and name: tells a repeated submission from another one.
  std::map<WorkflowNumber, Digest> submissions_;
  // Changed since the last Conclude.
  std::set<WorkflowNumber> changed_;
  std::set<WorkflowNumber> deriving_;
  FinishedWorkflows finished_;
  // Those that the controller was asked to store for each known workflow.
  std::map<WorkflowNumber, std::set<Digest>> derived_blobs_;

  WorkerTable workers_;
  // Callers that wait for drained workers to leave.
  struct DrainWait {
    RequestId request;
    std::set<Uuid> instances;
  };
  std::vector<DrainWait> drain_waits_;
  // Recorded as joined and not as left; true: dies with the controller.
  std::map<Uuid, bool> joined_;
  AttemptTable attempts_{settings_, workers_};

  // Every ready task is in one queue, held, or kept by a reuse.
  std::map<TaskKindId, ReadyQueue> ready_;  // No empty queues.
  // The kind that was served last; at first none.
  TaskKindId last_kind_{std::numeric_limits<std::uint32_t>::max()};
  HeldNodes held_;
  // When a queued node has waited too long.
  NodeAlarms queue_deadlines_;
  std::map<NodeKey, NodeTroubles> troubles_;
  // Nodes whose task takes effect at most once and was given to a worker, with the attempt.
  std::map<NodeKey, AttemptOrigin> started_;

  OutcomeCache cache_{settings_};
  RecentCalls recent_calls_;

  OutsideWaits outside_;
  std::map<WorkflowNumber, ReusePhase> reusing_;
  std::map<WorkflowNumber, std::vector<RerunWorkflow>> rerun_requests_;  // By their source.
  // During a replay: how to read a value, and those that could not be read.
  const ValueReader* read_ = nullptr;
  std::set<Digest> unreadable_;
  Recovery recovery_;
};

}  // namespace orrery::engine
