// What a workflow knows of itself. workflow.h has the steps on it.
#pragma once

#include <deque>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/digest.h"
#include "base/uuid.h"
#include "controller/engine/effect.h"
#include "controller/engine/ids.h"
#include "controller/engine/record.h"
#include "controller/engine/workflow/frame.h"
#include "controller/engine/workflow/outstanding.h"
#include "controller/engine/workflow/turn.h"
#include "model/outcome.h"
#include "model/submission.h"
#include "model/workflow.h"

namespace orrery::engine {

class WorkflowState {
 protected:
  WorkflowState(WorkflowNumber number, Uuid id) : number_(number), id_(id) {}
  ~WorkflowState() = default;

  const WorkflowNumber number_;
  const Uuid id_;
  model::WorkflowStatus status_ = model::WorkflowStatus::kRunning;
  model::NodeCounts counts_;
  model::Outputs outputs_;
  std::vector<model::WorkflowFailure> failures_;
  std::string cancel_reason_;
  graph::FailureRules rules_;
  model::CacheMode cache_mode_ = model::CacheMode::kUse;
  bool is_paused_ = false;
  bool is_overruled_ = false;
  std::map<graph::Location, TraceLog> traces_;

  // A deque keeps references to frames valid while others are opened.
  std::deque<Frame> frames_;
  std::vector<FrameIndex> free_frames_;
  // Every graph that it has run: those that come again are not read again.
  std::set<Digest> graphs_in_use_;
  // Demanded nodes whose inputs are there.
  std::deque<NodeRef> startable_;
  ReuseHold reuse_;
  // Maps with elements still to be opened, the innermost last.
  std::vector<NodeRef> expanding_;
  // Nodes of the root whose end the workflow waits for.
  std::set<NodeIndex> targets_;

  std::map<NodeRef, Loading> loading_;
  std::map<NodeRef, Storing> storing_;
  std::map<NodeRef, OutsideOutcome> waiting_;
};

}  // namespace orrery::engine
