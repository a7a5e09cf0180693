// The loops of a workflow that run, and the traces of the named ones.
//
// Decides which iteration comes next; the workflow opens its frame. A finished iteration leaves
// nothing but its entry in the trace.
//
// Threading: confined to the engine's thread.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "controller/engine/workflow/element_list.h"
#include "controller/engine/workflow/frame_table.h"
#include "graph/location.h"
#include "model/outcome.h"

namespace orrery::engine {

// The outputs of a named loop's body, by name and iteration.
struct TraceLog {
  std::string name;
  std::uint64_t iterations = 0;
  std::vector<std::pair<std::string, ElementList>> outputs;
};

class LoopRunner {
 public:
  // An iteration to be opened as a frame.
  struct Iteration {
    std::int64_t number = 0;
    Body body;
    model::Outputs inputs;

    graph::LocationStep step() const { return {graph::StepKind::kIteration, number}; }
  };

  // `frames` outlives this.
  explicit LoopRunner(const FrameTable& frames) : frames_(frames) {}
  LoopRunner(const LoopRunner&) = delete;
  LoopRunner& operator=(const LoopRunner&) = delete;

  // Begins the loop, and its trace if it is named. Returns the first iteration, valid until the
  // loop ends.
  const Iteration& Begin(NodeRef node, Body body);
  // The running iteration has made `outputs`. Returns the next one; null: the loop has ended, and
  // these are its outputs.
  // Errors: kInvalidArgument: the continue port has no bool; the loop has ended.
  absl::StatusOr<const Iteration*> FinishIteration(NodeRef node, const model::Outputs& outputs);

  // Returns false if the loop runs and has begun the iteration.
  bool MayOpen(NodeRef node, std::int64_t iteration) const {
    const auto loop = loops_.find(node);
    return loop == loops_.end() || iteration > loop->second.number;
  }
  bool HasTrace(NodeRef node) const;
  // By the location of the loop; also of loops that have ended.
  const std::map<graph::Location, TraceLog>& traces() const { return traces_; }
  // Appends what a replay must rebuild of the loops in the frame.
  void AppendState(FrameIndex frame, std::string& out) const;
  // Ends all loops. The traces stay.
  void Clear() { loops_.clear(); }

 private:
  const FrameTable& frames_;
  std::map<NodeRef, Iteration> loops_;
  std::map<graph::Location, TraceLog> traces_;
};

}  // namespace orrery::engine
