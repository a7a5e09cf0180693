// Derives the consequences of what is known, workflow by workflow, and acts on what it finds: ready
// nodes, ends, requests to the outside.
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

  // From here on ready nodes and requests are acted on. A replay leaves them to ResumeAll.
  void GoLive() { is_live_ = true; }
  // Acts on all that the workflows of a replayed journal need.
  void ResumeAll();

  // Acts on what a turn of the workflow found.
  void Follow(Workflow& workflow, const Turn& turn);
  // The workflow was paused, or goes on.
  void OnPauseChanged(const Workflow& workflow);

  // --- Phases of a step ---
  // Derives, in turns between workflows, up to the limit of a step.
  void Derive();
  // Fails workflows that have a failed node and nothing else to wait for, and reports progress.
  void Conclude();
  // Only reports progress: a replay decides nothing.
  void ReportProgress();

  // Returns true if a node has failed and nothing else is to be waited for.
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
