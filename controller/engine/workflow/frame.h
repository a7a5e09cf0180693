// A frame: one running graph inside a workflow, with the states of its nodes and the values that
// they made.
//
// Struct-of-arrays: one byte and one counter for each node, one reference for each port. Frames are
// owned by FrameTable; LoopRunner and MapRunner have the progress of the nodes that open them.
//
// Threading: confined to the engine's thread.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/functional/function_ref.h"
#include "controller/engine/compiled_graph.h"
#include "controller/engine/workflow/element_list.h"
#include "graph/location.h"
#include "graph/value.h"
#include "model/outcome.h"

namespace orrery::engine {

using FrameIndex = std::uint32_t;
inline constexpr FrameIndex kNoFrame = UINT32_MAX;

enum class NodeState : std::uint8_t {
  kIdle,      // Not demanded.
  kBlocked,   // Demanded; inputs are missing.
  kReady,     // A task that waits for a worker.
  kRunning,   // A task that a worker has.
  kLoading,   // Waits for the bytes of its inputs.
  kStoring,   // Waits until its result, or its inputs, are in the blob store.
  kWaiting,   // A builtin whose outcome comes from outside: time or a random number.
  kUnfolded,  // An eval, loop or map whose frames run.
  kFinished,
  kFailed,
};

struct NodeRef {
  FrameIndex frame = kNoFrame;
  NodeIndex node = 0;

  friend auto operator<=>(const NodeRef&, const NodeRef&) = default;
};

// A graph to run, and the value from which it was read.
struct Body {
  std::shared_ptr<const CompiledGraph> graph;
  graph::ValuePtr value;
};

struct Frame {
  // The port `body` of the frame carries the body's value.
  Body body;

  // The eval, loop or map that opened the frame. Root: kNoFrame.
  NodeRef parent;
  graph::LocationStep step;
  std::uint32_t depth = 0;
  // Memory of the frame and of the inline values that its nodes made.
  std::uint64_t bytes = 0;

  // One entry for each node.
  std::vector<NodeState> states;
  // Inputs that a blocked node waits for.
  std::vector<std::uint32_t> missing;
  // One entry for each port. Null: not made yet; or, once its producer has finished, absent or in
  // `elements`.
  std::vector<graph::ValuePtr> values;
  // Of mapped ports.
  std::map<PortIndex, ElementListPtr> elements;

  // The frames that its nodes opened: by node, then by iteration or element (0 for an eval).
  absl::btree_map<std::pair<NodeIndex, std::int64_t>, FrameIndex> children;

  const CompiledGraph& graph() const { return *body.graph; }
  // Sets the values that come from outside. `input` returns the value of a name, or null: then the
  // graph's fixed input of that name counts, if it has one.
  void Fill(absl::FunctionRef<graph::ValuePtr(std::string_view)> input);
  // Returns true if the port has its value, or will never have one.
  bool is_available(PortIndex port) const {
    const std::int32_t producer = graph().producer(port);
    return producer == graph::kOutside ||
           states[static_cast<NodeIndex>(producer)] == NodeState::kFinished;
  }
  // Returns the values of the node's plain inputs, in order; null where absent.
  std::vector<graph::ValuePtr> InputsOf(NodeIndex node) const;
  // Returns the plain inputs of the node that have a value.
  model::Outputs NamedInputsOf(NodeIndex node) const;
};

}  // namespace orrery::engine
