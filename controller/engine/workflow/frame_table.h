// The open frames of a workflow, and the locations of their nodes.
//
// Frames form a tree: the root frame has index 0, and a node opens frames below its own. An index
// is used again once its frame is closed.
//
// Threading: confined to the engine's thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "base/digest.h"
#include "controller/engine/graph_cache.h"
#include "controller/engine/workflow/frame.h"
#include "graph/location.h"

namespace orrery::engine {

class FrameTable {
 public:
  FrameTable() = default;
  FrameTable(const FrameTable&) = delete;
  FrameTable& operator=(const FrameTable&) = delete;

  // Opens a frame for `body` below the node `parent`, or the root frame if `parent` is {}. Its
  // nodes are idle and its ports empty. `graphs` keeps the graph until Clear.
  FrameIndex Open(Body body, NodeRef parent, graph::LocationStep step, GraphCache& graphs);
  // Requires that no frame is open below it.
  void Close(FrameIndex index);
  // Closes all frames, and releases their graphs.
  void Clear(GraphCache& graphs);

  bool empty() const { return frames_.empty(); }
  std::size_t open_count() const { return frames_.size() - free_.size(); }
  // The memory of the open frames and of the inline values in them.
  std::uint64_t bytes() const { return bytes_; }
  // A node of the frame has made inline values of `bytes` bytes.
  void AddBytes(FrameIndex index, std::uint64_t bytes) {
    frames_[index].bytes += bytes;
    bytes_ += bytes;
  }
  // References stay valid until the frame is closed.
  Frame& operator[](FrameIndex index) { return frames_[index]; }
  const Frame& operator[](FrameIndex index) const { return frames_[index]; }
  NodeState state(NodeRef node) const { return frames_[node.frame].states[node.node]; }
  NodeOp op(NodeRef node) const { return frames_[node.frame].graph().op(node.node); }

  // The node at a location; or else the first frame on the way there that is not open. Neither: the
  // location does not fit the graphs.
  struct Search {
    std::optional<NodeRef> node;
    // Its node, and its iteration or element (0 for an eval).
    std::optional<std::pair<NodeRef, std::int64_t>> closed;
  };
  Search Find(const graph::Location& location) const;
  graph::Location LocationOf(FrameIndex index) const;
  graph::Location LocationOf(NodeRef node) const;

  // Calls `visit` for each open frame, in the order of their locations.
  void ForEach(absl::FunctionRef<void(FrameIndex)> visit) const;
  // Returns the nodes in the state, in the order of their frames.
  std::vector<NodeRef> NodesIn(NodeState state) const;

 private:
  // The iteration or element of a frame; 0 for an eval.
  static std::int64_t NumberOf(graph::LocationStep step) {
    return step.kind == graph::StepKind::kNode ? 0 : step.index;
  }
  void VisitFrom(FrameIndex index, absl::FunctionRef<void(FrameIndex)> visit) const;

  // A deque keeps references to frames valid while others are opened.
  std::deque<Frame> frames_;
  std::vector<FrameIndex> free_;
  std::uint64_t bytes_ = 0;
  // Every graph that the workflow has run: GraphCache keeps them, so that none is read twice.
  std::set<Digest> graphs_in_use_;
};

}  // namespace orrery::engine
