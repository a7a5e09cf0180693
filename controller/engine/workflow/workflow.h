// One submitted execution of a graph: its frames, and how values move through them.
//
// Demand-driven: a node runs when the output node, or a side effect, needs it and its inputs are
// there. The workflow derives all that follows from a fact (constants, builtins, evals, iterations,
// elements, the next tasks) and reports in a Turn what it needs from outside; it decides nothing
// about workers. Deriving is done by Run, in bounded pieces.
//
//   workflow.cc   frames, demand, delivery, the end
//   nodes.cc      what starting a node of each kind does
//   instances.cc  iterations and elements
//   values.cc     bytes to read, values to store, outcomes to wait for
//   query.cc      questions and invariants
//
// Invariants:
//   * a settled workflow has no frames;
//   * the counts are those of the tasks' states;
//   * given the same facts in any order that respects their dependencies, the same values arise.
//
// Threading: confined to the engine's thread.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "base/uuid.h"
#include "controller/engine/effect.h"
#include "controller/engine/ids.h"
#include "controller/engine/record.h"
#include "controller/engine/workflow/frame.h"
#include "controller/engine/workflow/turn.h"
#include "controller/engine/workflow/workflow_state.h"
#include "model/outcome.h"
#include "model/submission.h"
#include "model/workflow.h"

namespace orrery::engine {

class Workflow : private WorkflowState {
 public:
  Workflow(WorkflowNumber number, Uuid id);

  Workflow(const Workflow&) = delete;
  Workflow& operator=(const Workflow&) = delete;

  // Opens the root frame, once. `body` is the compiled graph of the submission; its value may be
  // null if no node reads it.
  void Start(Body body, const model::Submission& submission, Turn& turn);
  // Before Start. Until EndReuse maps open all elements, and the node at reuse.from does not start.
  void BeginReuse(const Reuse& reuse);
  void EndReuse();
  // Derives what can be derived, at most turn.steps_left steps of it.
  void Run(Turn& turn);
  bool has_pending(const Settings& settings) const;

  // A node has its outcome. Requires a task that is ready or running, or a builtin that waits.
  void Finish(NodeRef node, const NodeFinished& outcome, Turn& turn);
  // From now on the workflow is failing. Requires that the node waits for something.
  void Fail(NodeRef node, model::WorkflowFailure failure, Turn& turn);
  // A replay has got past a node that is recorded as failed: what is recorded counts, even if the
  // workflow has succeeded since.
  void AdmitFailure(model::WorkflowFailure failure, Turn& turn);
  // Whether that has ended it, of which there is a record still to come; once.
  bool TakeOverruled() { return std::exchange(is_overruled_, false); }
  bool waits_for_storage() const { return !loading_.empty() || !storing_.empty(); }
  bool waits_for_outside() const { return waits_for_storage() || !waiting_.empty(); }
  // What a loading node wanted; it may want more.
  void ProvideBytes(NodeRef node, const Digest& digest, std::shared_ptr<const std::string> bytes);
  // What a storing node made is in the blob store.
  void ProvideStored(NodeRef node, const Digest& digest, Turn& turn);
  void Cancel(std::string reason, Turn& turn);

  // A ready task was given to a worker.
  void MarkRunning(NodeRef node);
  // A running task was taken back from a worker: it is ready again, if anything is still started.
  void TakeBack(NodeRef node, Turn& turn);
  // Nothing runs any more in a failing workflow. Whether that is so, only the engine knows.
  void SettleFailed(Turn& turn);

  WorkflowNumber number() const { return number_; }
  const Uuid& id() const { return id_; }
  model::WorkflowStatus status() const { return status_; }
  bool is_settled() const { return status_ != model::WorkflowStatus::kRunning; }
  // A node has failed.
  bool is_failing() const { return !failures_.empty(); }
  // And so nothing more is given to workers; what runs is finished. What follows from values is
  // still derived: whether bytes were read before or after a failure changes nothing.
  bool is_stopping() const { return is_failing() && !rules_.continues; }
  // Nothing is given to workers until it is no longer.
  bool is_paused() const { return is_paused_; }
  void SetPaused(bool is_paused) { is_paused_ = is_paused; }
  const graph::FailureRules& failure_rules() const { return rules_; }
  model::CacheMode cache_mode() const { return cache_mode_; }
  // Whether it is the node that is to be run again, or lies in it.
  bool IsRunAgain(NodeRef node) const;
  // Of a task: what the submission, or else the graph, says of it.
  graph::FailurePolicy PolicyOf(NodeRef node) const;
  const std::vector<model::WorkflowFailure>& failures() const { return failures_; }
  const std::string& cancel_reason() const { return cancel_reason_; }
  const model::NodeCounts& counts() const { return counts_; }
  const model::Outputs& outputs() const { return outputs_; }

  Place Locate(const graph::Location& location) const;
  std::optional<NodeRef> Find(const graph::Location& location) const {
    return Locate(location).node;
  }
  // Opens the elements of a map up to the one on the way to the location, beyond the usual room:
  // a replay has to find what an earlier life had open. False: there is no such map.
  bool OpenElementsTo(const graph::Location& location, Turn& turn);
  graph::Location LocationOf(NodeRef node) const;
  const Frame& frame(FrameIndex index) const { return frames_[index]; }
  NodeState state(NodeRef node) const { return frames_[node.frame].states[node.node]; }
  NodeOp op(NodeRef node) const { return frames_[node.frame].graph().op(node.node); }
  // The values of the node's wired inputs, in order; null where absent.
  std::vector<graph::ValuePtr> InputsOf(NodeRef node) const;
  // "worker.task", or the kind of a node that is no function.
  std::string_view FunctionNameOf(NodeRef node) const;
  // Tasks that are ready, in the order of their locations.
  std::vector<NodeRef> ReadyNodes() const;
  // Tasks that are ready or run, and builtins that wait for time or chance, at or in the location.
  // Sorted.
  std::vector<NodeRef> OpenNodesIn(const graph::Location& location) const;
  // Everything that it waits for from outside, once more.
  void AppendOutstanding(Turn& turn) const;
  // Of named loops, by where they are.
  const std::map<graph::Location, TraceLog>& traces() const { return traces_; }

  // kInternal names what does not hold.
  absl::Status CheckInvariants() const;
  // Appends everything a replay must rebuild; ready and running are the same to it.
  void AppendState(std::string& out) const;

 private:
  // --- workflow.cc ---
  void OpenFrame(Body body, NodeRef parent, graph::LocationStep step, const model::Outputs& inputs,
                 Turn& turn);
  FrameIndex NewFrame(Body body, NodeRef parent, graph::LocationStep step, Turn& turn);
  void CloseFrame(FrameIndex index);
  // Marks `node`, and all that it needs, as demanded.
  void Demand(NodeRef node);
  void Unblock(NodeRef node);
  // Keeps what the node made, and ends it.
  void Deliver(NodeRef node, const model::Outputs& outputs, const MadeElements& elements,
               Turn& turn);
  // It has ended, and what it made is in the frame: lets its consumers know.
  void End(NodeRef node);
  void FailDerived(NodeRef node, std::string message, Turn& turn);
  void Settle(model::WorkflowStatus status, Turn& turn);
  void SetState(NodeRef node, NodeState state);
  void ShowOpened(FrameIndex index, model::Outputs inputs, Turn& turn) const;
  void ShowStarted(NodeRef node, Turn& turn) const;
  void ShowSettled(NodeRef node, const model::Outputs& outputs, const MadeElements& elements,
                   Turn& turn) const;

  // --- nodes.cc ---
  void StartNode(NodeRef node, Turn& turn);
  void StartInput(NodeRef node, Turn& turn);
  void StartBuiltin(NodeRef node, Turn& turn);
  void CallBuiltin(NodeRef node, const graph::Builtin& builtin, Turn& turn);
  void StartFold(NodeRef node, Turn& turn);
  void StartUnfold(NodeRef node, Turn& turn);
  void StartEval(NodeRef node, Turn& turn);
  void StartIfElse(NodeRef node, Turn& turn);
  // What an if-else waits for next: its predicate, then the branch it takes.
  absl::StatusOr<PortIndex> NextOfIfElse(NodeRef node) const;
  // The builtin's arguments in the order of its inputs; null where absent. Nothing: it has to wait,
  // or has failed.
  std::optional<std::vector<std::optional<graph::Datum>>> ArgumentsOf(NodeRef node,
                                                                      const graph::Builtin& builtin,
                                                                      Turn& turn);

  // --- instances.cc ---
  // The graph that steers an eval, loop or map; nothing: it has to wait, or has failed.
  std::optional<Body> BodyOf(NodeRef node, Turn& turn);
  // The plain inputs that are there, by name.
  model::Outputs NamedInputs(NodeRef node) const;
  void StartLoop(NodeRef node, Turn& turn);
  void StartMap(NodeRef node, Turn& turn);
  bool CanExpand(const Settings& settings) const;
  void OpenElement(NodeRef node, Turn& turn);
  void FinishGraph(NodeRef output_node, Turn& turn);
  void FinishIteration(NodeRef node, const model::Outputs& outputs, Turn& turn);
  void FinishElement(NodeRef node, Turn& turn);

  // --- values.cc ---
  // The value's bytes, with the node waiting for them if they are still to be read.
  class Reader;
  // Ends the node: at once, or when what is too large to sit inline is stored.
  void Complete(NodeRef node, NodeResult result, Turn& turn);
  void WaitFor(NodeRef node, OutsideOutcome what, Turn& turn);
  graph::Location FrameLocation(FrameIndex index) const;
  std::vector<NodeRef> NodesIn(NodeState state) const;
};

}  // namespace orrery::engine
