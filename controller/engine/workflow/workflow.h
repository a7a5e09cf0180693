// One submitted execution of a graph: derives everything that follows from the facts it is told.
//
// Demand-driven: a node starts when the output node, or a side effect, needs it and its inputs are
// available. The workflow derives constants, builtins, frames and ready tasks, and reports in a
// Turn what it needs from outside; it decides nothing about workers. Run derives, in bounded
// pieces.
//
// This class starts nodes of each kind, delivers their outputs, and ends the workflow. Its parts:
//
//   frame_table.h      the open frames, and the locations of their nodes
//   startable_nodes.h  demand: which node can start next
//   steering.h         reads the graphs and bools that steer nodes
//   evaluation.h       evaluates builtins, folds and unfolds
//   loop_runner.h      which iteration comes next, and the traces
//   map_runner.h       which element comes next, and the collected outputs
//   outstanding.h      bytes to load, values to store, outcomes to wait for
//
// Threading: confined to the engine's thread.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "base/digest.h"
#include "base/uuid.h"
#include "controller/engine/ids.h"
#include "controller/engine/record.h"
#include "controller/engine/settings.h"
#include "controller/engine/workflow/frame_table.h"
#include "controller/engine/workflow/loop_runner.h"
#include "controller/engine/workflow/map_runner.h"
#include "controller/engine/workflow/outstanding.h"
#include "controller/engine/workflow/startable_nodes.h"
#include "controller/engine/workflow/turn.h"
#include "model/outcome.h"
#include "model/submission.h"
#include "model/workflow.h"

namespace orrery::engine {

// "workflow X ...": for people.
inline constexpr std::string_view kWhyHeld =
    "is held: the controller has died more than once while it worked on it; orrery cancel ends it, "
    "orrery resume tries again what has not finished";

// A place in a workflow: the node that is there now, or whether one may still appear.
struct Place {
  std::optional<NodeRef> node;
  bool may_come = false;
};

class Workflow {
 public:
  Workflow(WorkflowNumber number, Uuid id) : number_(number), id_(id) {}

  Workflow(const Workflow&) = delete;
  Workflow& operator=(const Workflow&) = delete;

  // Opens the root frame, once. `body` is the compiled graph of the submission; its value may be
  // null if no node reads it.
  void Start(Body body, const model::Submission& submission, Turn& turn);
  // Returns the seed of the node's random number. It is made of facts that a replay finds again: if
  // the controller dies before the number is durable, the node draws the same one.
  Digest SeedOf(NodeRef node) const;
  // Before Start. A node of such a task runs in that signature, or in one that fits.
  void SetChecked(std::vector<CheckedTask> tasks);
  // Instead of Start: nothing is derived from the workflow, which only waits for its end.
  void Hold(const model::Submission& submission, Turn& turn);
  // Before Start. Until EndReuse maps open all elements, and the node at reuse.from does not start.
  void BeginReuse(const Reuse& reuse);
  void EndReuse();
  // Derives what can be derived, until the work of the turn is spent.
  void Run(Turn& turn);
  bool has_pending(const Settings& settings) const;

  // --- Facts ---
  // The node has its outcome. Requires a task that is ready or running, or a builtin that waits.
  void Finish(NodeRef node, const NodeFinished& outcome, Turn& turn);
  // From now on the workflow is failing. Requires that the node waits for something.
  void Fail(NodeRef node, model::WorkflowFailure failure, Turn& turn);
  // A replay has derived more than the recorded run, in which the node failed. The failure counts,
  // even if the workflow has succeeded since.
  void AdmitFailure(model::WorkflowFailure failure, Turn& turn);
  // Returns true, once, if an admitted failure has ended the workflow. The record of that end is
  // still to be replayed.
  bool TakeOverruled() { return std::exchange(is_overruled_, false); }
  // Bytes that a loading node waits for.
  void ProvideBytes(NodeRef node, const Digest& digest, std::shared_ptr<const std::string> bytes);
  // A value of a storing node is in the blob store.
  void ProvideStored(NodeRef node, const Digest& digest, Turn& turn);
  // In the recorded run no node was refused for its memory here: starts one that was refused in
  // this replay. Returns false if this replay has refused no node.
  bool AdmitRefused();
  void Cancel(std::string reason, Turn& turn);
  // A worker has got a ready task.
  void MarkRunning(NodeRef node);
  // A running task was taken back from a worker: it is ready again, if tasks are still assigned.
  void TakeBack(NodeRef node, Turn& turn);
  // Ends a failing workflow. Requires that nothing of it runs, which only the engine knows.
  void SettleFailed(Turn& turn);
  // Tasks of a paused workflow are not assigned.
  void SetPaused(bool is_paused) { is_paused_ = is_paused; }

  // --- Its state ---
  WorkflowNumber number() const { return number_; }
  const Uuid& id() const { return id_; }
  model::WorkflowStatus status() const { return status_; }
  bool is_settled() const { return status_ != model::WorkflowStatus::kRunning; }
  // A node has failed.
  bool is_failing() const { return !failures_.empty(); }
  // A node has failed, and so no more tasks are assigned; those that run are finished. Values are
  // still derived: it makes no difference whether bytes were loaded before or after a failure.
  bool is_stopping() const { return is_failing() && !rules_.continues; }
  bool is_paused() const { return is_paused_; }
  bool is_held() const { return is_held_; }
  bool waits_for_storage() const { return outstanding_.waits_for_storage(); }
  bool waits_for_outside() const { return !outstanding_.empty(); }
  const graph::FailureRules& failure_rules() const { return rules_; }
  model::CacheMode cache_mode() const { return cache_mode_; }
  const std::vector<model::WorkflowFailure>& failures() const { return failures_; }
  const std::string& cancel_reason() const { return cancel_reason_; }
  const model::NodeCounts& counts() const { return counts_; }
  // The memory of its frames, of the inline values in them, and of its traces.
  std::uint64_t held_bytes() const { return frames_.bytes() + outstanding_.bytes(); }
  // Returns how much held_bytes has grown since the last call; negative: shrunk.
  std::int64_t TakeGrowth();
  const model::Outputs& outputs() const { return outputs_; }
  // Of named loops, by location.
  const std::map<graph::Location, TraceLog>& traces() const { return loops_.traces(); }

  // --- Its nodes ---
  Place Locate(const graph::Location& location) const;
  std::optional<NodeRef> Find(const graph::Location& location) const {
    return frames_.Find(location).node;
  }
  // Opens the elements of a map up to the one on the way to the location, whatever the limit of
  // open frames: a replay has to find what was open when a record was decided. Returns false if no
  // map on the way has such an element to open.
  bool OpenElementsTo(const graph::Location& location, Turn& turn);
  graph::Location LocationOf(NodeRef node) const { return frames_.LocationOf(node); }
  const Frame& frame(FrameIndex index) const { return frames_[index]; }
  NodeState state(NodeRef node) const { return frames_.state(node); }
  NodeOp op(NodeRef node) const { return frames_.op(node); }
  // Returns the values of the node's wired inputs, in order; null where absent.
  std::vector<graph::ValuePtr> InputsOf(NodeRef node) const {
    return frames_[node.frame].InputsOf(node.node);
  }
  // Returns "worker.task", or the kind of a node that calls no function.
  std::string_view FunctionNameOf(NodeRef node) const;
  // Returns the task that nodes of the function were checked against; null: none.
  const CheckedTask* FindChecked(std::string_view function_name) const;
  // Returns the failure policy of a task: the submission's rules, combined with the graph's.
  graph::FailurePolicy PolicyOf(NodeRef node) const;
  // Returns true if the node is the one to run again, or lies in it.
  bool IsRunAgain(NodeRef node) const;
  // Returns the ready tasks, in the order of their locations.
  std::vector<NodeRef> ReadyNodes() const { return frames_.NodesIn(NodeState::kReady); }
  // Returns ready and running tasks, and waiting builtins, at or in the location. Sorted.
  std::vector<NodeRef> OpenNodesIn(const graph::Location& location) const;
  // Reports once more everything that the workflow waits for from outside.
  void AppendOutstanding(Turn& turn) const { outstanding_.AppendTo(turn); }

  // Checks that a settled workflow has no frames, that the counts are those of the tasks' states,
  // and that every node that waits has something to wait for. kInternal: names the violation.
  absl::Status CheckInvariants() const;
  // Appends everything that a replay must rebuild; ready and running are the same to it.
  void AppendState(std::string& out) const;

 private:
  // The outcomes of an earlier run that are being reused.
  struct ReuseHold {
    bool is_open = false;
    // The workflow that has the outcomes.
    std::optional<Uuid> source;
    // The node to run again, and that node once it can start.
    std::optional<graph::Location> location;
    std::optional<NodeRef> node;
  };

  // --- Start a node of each kind ---
  void StartNode(NodeRef node, Turn& turn);
  void StartInput(NodeRef node, Turn& turn);
  void StartEvaluated(NodeRef node, Turn& turn);
  void StartEval(NodeRef node, Turn& turn);
  void StartLoop(NodeRef node, Turn& turn);
  void StartMap(NodeRef node, Turn& turn);
  void StartIfElse(NodeRef node, Turn& turn);
  // Stores inline inputs of the node as blobs if they are too large together to travel in one
  // message; the node starts again when they are stored. Returns true if it has to wait.
  bool StoreInputs(NodeRef node, Turn& turn);
  // Asks to fail the node if the workflow has no memory left for it. Returns true if it did.
  bool RefuseForMemory(NodeRef node, Turn& turn);
  // Fails the node if it reads elements. Returns true if it did.
  bool RefuseElements(NodeRef node, Turn& turn);
  // Returns the graph to run below the node; nothing: the node has to load it first, or has failed.
  std::optional<Body> BodyOf(NodeRef node, Turn& turn);

  // --- Frames ---
  void OpenFrame(Body body, NodeRef parent, graph::LocationStep step, const model::Outputs& inputs,
                 Turn& turn);
  void OpenIteration(NodeRef node, const LoopRunner::Iteration& iteration, Turn& turn);
  void OpenElement(NodeRef node, Turn& turn);
  bool CanOpenElement(const Settings& settings) const;
  // Counts the inline values that the node has made.
  void CountBytes(NodeRef node, const model::Outputs& outputs, const MadeElements& elements);
  // The output node has its inputs: ends its frame, and continues with the node above.
  void FinishFrame(NodeRef output_node, Turn& turn);
  void FinishIteration(NodeRef node, const model::Outputs& outputs, Turn& turn);

  // --- End a node ---
  // Ends the node: now, or when its large values are stored.
  void Complete(NodeRef node, NodeResult result, Turn& turn);
  // Sets the outputs of the node, and ends it.
  void Deliver(NodeRef node, const model::Outputs& outputs, const MadeElements& elements,
               Turn& turn);
  // Ends the node, whose outputs are in its frame, and unblocks its consumers.
  void End(NodeRef node);
  void FailDerived(NodeRef node, std::string message, Turn& turn);
  void FailDerived(NodeRef node, const absl::Status& status, Turn& turn) {
    FailDerived(node, std::string(status.message()), turn);
  }
  void Load(NodeRef node, const MissingBytes& missing, Turn& turn);
  void SetState(NodeRef node, NodeState state);
  bool has_succeeded() const { return targets_.empty() && !is_failing(); }
  void Settle(model::WorkflowStatus status, Turn& turn);

  // --- Report to the checkpoint tree ---
  void ShowOpened(FrameIndex index, model::Outputs inputs, Turn& turn) const;
  void ShowStarted(NodeRef node, Turn& turn) const;
  void ShowSettled(NodeRef node, const model::Outputs& outputs, const MadeElements& elements,
                   Turn& turn) const;

  absl::Status CheckFrame(FrameIndex index) const;
  void AppendFrame(FrameIndex index, std::string& out) const;

  const WorkflowNumber number_;
  const Uuid id_;
  // Set by Start.
  graph::FailureRules rules_;
  absl::Time started_at_ = absl::InfinitePast();
  model::CacheMode cache_mode_ = model::CacheMode::kUse;
  // Sorted by function name.
  std::vector<CheckedTask> checked_;

  model::WorkflowStatus status_ = model::WorkflowStatus::kRunning;
  model::NodeCounts counts_;
  model::Outputs outputs_;
  std::vector<model::WorkflowFailure> failures_;
  std::string cancel_reason_;
  bool is_paused_ = false;
  bool is_held_ = false;
  bool is_overruled_ = false;
  ReuseHold reuse_;

  std::uint64_t told_bytes_ = 0;
  FrameTable frames_;
  StartableNodes startable_{frames_};
  LoopRunner loops_{frames_};
  MapRunner maps_{frames_};
  Outstanding outstanding_;
  // Nodes of the root frame that must finish for the workflow to succeed.
  std::set<NodeIndex> targets_;
};

}  // namespace orrery::engine
