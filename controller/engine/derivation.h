// Derives the consequences of recorded facts, workflow by workflow, and acts on them: queues ready
// nodes, cleans up after settled workflows, and requests values and outcomes from outside.
//
// Threading: confined to the engine's thread.
#pragma once

#include "controller/engine/core.h"
#include "controller/engine/phases.h"

namespace orrery::engine {

class Derivation {
 public:
  Derivation(Core& core, Phases phases) : core_(core), phases_(phases) {}
  Derivation(const Derivation&) = delete;
  Derivation& operator=(const Derivation&) = delete;

  // The replay has ended. From now on ready nodes and requests are acted on.
  void GoLive() { is_live_ = true; }
  // Acts on the ready nodes and requests of all workflows of a replayed journal.
  void ResumeAll();

  // Acts on the turn of a workflow.
  void Follow(Workflow& workflow, const Turn& turn);
  // The workflow was paused or unpaused.
  void OnPauseChanged(const Workflow& workflow);

  // --- Phases of a step ---
  // Derives, with a turn for each workflow, until the work of a step is done.
  void Derive();
  // Fails workflows that have a failed node and wait for nothing else, and reports progress.
  void Conclude();
  // Only reports progress: a replay decides nothing.
  void ReportProgress();

  // Returns true if a node of the workflow has failed, and the workflow waits for nothing else.
  bool HasFailed(const Workflow& workflow) const;

 private:
  void Request(const Workflow& workflow, const Turn& turn);
  void OnReady(const Workflow& workflow, NodeRef node, QueueEntry entry);
  void OnSettled(const Workflow& workflow);

  Core& core_;
  const Phases phases_;
  bool is_live_ = false;
};

}  // namespace orrery::engine
