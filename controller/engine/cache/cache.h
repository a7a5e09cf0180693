// The outcomes of cacheable tasks that later calls reuse, in whatever workflow.
//
// A ready task is looked up when it would be queued for a worker, and once more when it would be
// given to one. A reused outcome is recorded in full, as if the task had run: from then on it does
// not depend on its source.
//
// Threading: confined to the engine's thread.
#pragma once

#include <optional>

#include "base/digest.h"
#include "controller/engine/cache/outcome_cache.h"
#include "controller/engine/cache/recent_calls.h"
#include "controller/engine/core.h"
#include "controller/engine/record.h"
#include "controller/engine/scheduling/worker_table.h"

namespace orrery::engine {

class Cache {
 public:
  // Both outlive this.
  Cache(const Core& core, const WorkerTable& workers)
      : core_(core), workers_(workers), outcomes_(core.settings) {}
  Cache(const Cache&) = delete;
  Cache& operator=(const Cache&) = delete;

  // The outcome that may be reused for the ready task; null if there is none.
  const NodeFinished* Find(const Workflow& workflow, NodeRef node) const;
  // The record that reuses it: the node's outcome, with its source. Requires that Find has one.
  NodeFinished Reuse(const Workflow& workflow, NodeRef node) const;
  // Returns the note that is recorded with the outcome of a task that the worker ran; nothing if
  // the task is not cacheable.
  std::optional<CacheNote> NoteOf(const Worker& worker, const Workflow& workflow, NodeRef node,
                                  const Digest& call) const;

  // Keeps the outcome of a cacheable task for others.
  void Keep(const Workflow& workflow, NodeRef node, const NodeFinished& outcome);
  void RemoveWorkflow(WorkflowNumber workflow);
  // Appends everything a replay must rebuild.
  void AppendState(std::string& out) const { outcomes_.AppendState(out); }

 private:
  const Core& core_;
  const WorkerTable& workers_;
  OutcomeCache outcomes_;
  RecentCalls recent_calls_;
};

}  // namespace orrery::engine
