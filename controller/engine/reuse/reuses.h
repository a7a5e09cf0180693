// Runs that reuse the outcomes of an earlier one: resume, restart from a node, rerun.
//
// The earlier run's outcomes are read from the journal. The new run begins at the beginning; at a
// node whose outcome is known, for the same call at the same place, the outcome is recorded again.
// The node to run again is held back. When nothing more follows, exactly the nodes are left that
// depend on it, or never finished; from then on every node is run. Until then nothing of the
// workflow is given to workers.
//
// Threading: confined to the engine's thread.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "controller/engine/core.h"
#include "controller/engine/input.h"
#include "controller/engine/record.h"
#include "controller/engine/reuse/history.h"
#include "controller/engine/scheduling/ready_nodes.h"

namespace orrery::engine {

class Reuses {
 public:
  // Both outlive this.
  Reuses(Core& core, ReadyNodes& ready) : core_(core), ready_(ready) {}
  Reuses(const Reuses&) = delete;
  Reuses& operator=(const Reuses&) = delete;

  // --- Requests ---
  // Why the run cannot be rerun as asked; OK if it can, as far as is known without its history.
  absl::Status Check(const RerunWorkflow& input) const;
  // The submission that runs the source again, given its history; the graph is not checked.
  absl::StatusOr<WorkflowSubmitted> MakeSubmission(const RerunWorkflow& input,
                                                   const History& history) const;
  // Keeps the request until the source's history has been read.
  void Await(const RerunWorkflow& input);
  // The requests that awaited the history.
  std::vector<RerunWorkflow> TakeAwaiting(WorkflowNumber source);

  // --- Records ---
  void Apply(const WorkflowSubmitted& record);
  // The workflow reuses nothing more; returns the nodes that it has to run. Requires Has(workflow).
  std::vector<NodeRef> End(WorkflowNumber workflow);
  void RemoveWorkflow(WorkflowNumber workflow) { phases_.erase(workflow); }
  // Appends everything a replay must rebuild.
  void AppendState(std::string& out) const;

  // --- While it lasts ---
  bool Has(WorkflowNumber workflow) const { return phases_.contains(workflow); }
  // Returns true if the workflow has reused outcomes for less time than it may not be cancelled.
  bool IsProtected(WorkflowNumber workflow) const;
  // Runs from which others reuse outcomes, or are asked to.
  std::set<WorkflowNumber> SourcesInUse() const;
  // Asks for the histories of the sources, after a restart.
  void RequestHistories();
  // The history of a source is there; those who began with it go on.
  void OnHistory(WorkflowNumber source, const std::shared_ptr<const History>& history);
  // Sets the history of a workflow that begins.
  void SetHistory(WorkflowNumber workflow, std::shared_ptr<const History> history);
  // Holds the ready node; false: the workflow reuses nothing, or nothing more.
  bool Hold(const Workflow& workflow, NodeRef node);
  // Returns true if the wait of the builtin will be answered with the earlier outcome.
  bool AnswerWait(const Workflow& workflow, NodeRef node);

  // --- Phases of a step ---
  // Records outcomes again, at most as many as a step may start nodes.
  void RecordKnown();
  // Ends the reuse of workflows from which nothing more follows.
  void EndFinished();
  // Returns true if RecordKnown has something left.
  bool has_known() const;

 private:
  struct Phase {
    WorkflowNumber source;
    absl::Time began_at;
    // Null until it has been read.
    std::shared_ptr<const History> history = nullptr;
    // Builtins whose outcome from outside is known.
    std::deque<NodeRef> known_waits = {};
  };

  // The outcome that the node had before; null if it must be run. Requires the history.
  const NodeFinished* FindKnown(const Phase& phase, const Workflow& workflow, NodeRef node) const;
  bool HasKnown(WorkflowNumber workflow, const Phase& phase) const;
  std::optional<NodeRef> PopKnown(WorkflowNumber workflow, Phase& phase);

  Core& core_;
  ReadyNodes& ready_;
  std::map<WorkflowNumber, Phase> phases_;
  std::map<WorkflowNumber, std::vector<RerunWorkflow>> requests_;  // By their source.
};

}  // namespace orrery::engine
