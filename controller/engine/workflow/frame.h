// One running instance of a graph: which of its nodes are where, and the values they made.
//
// Struct-of-arrays: a byte and a counter a node, a reference a port. What only some nodes need, a
// loop's iteration or a map's elements, hangs beside them. Owned by Workflow.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/functional/function_ref.h"
#include "base/uuid.h"
#include "controller/engine/compiled_graph.h"
#include "controller/engine/workflow/element_list.h"
#include "graph/location.h"
#include "graph/value.h"
#include "model/outcome.h"

namespace orrery::engine {

using FrameIndex = std::uint32_t;
inline constexpr FrameIndex kNoFrame = UINT32_MAX;

enum class NodeState : std::uint8_t {
  kIdle,      // Nobody demands it.
  kBlocked,   // Demanded; inputs are missing.
  kReady,     // A task that waits for a worker.
  kRunning,   // A task in a worker's hands.
  kLoading,   // Waits for the bytes of values it must look into.
  kStoring,   // Waits until what it made is in the blob store.
  kWaiting,   // A builtin whose outcome comes from outside: time or chance.
  kUnfolded,  // Its graph instances run.
  kFinished,
  kFailed,
};

// What `missing` says of a lazy if-else that knows its predicate and waits for its branch.
inline constexpr std::uint32_t kBranchMissing = 2;

struct NodeRef {
  FrameIndex frame = kNoFrame;
  NodeIndex node = 0;

  friend auto operator<=>(const NodeRef&, const NodeRef&) = default;
};

// A place in a workflow: the node that is there now, or whether one may still come.
struct Place {
  std::optional<NodeRef> node;
  bool may_come = false;
};

// A graph that runs, and the value it was read from.
struct Body {
  std::shared_ptr<const CompiledGraph> graph;
  graph::ValuePtr value;
};

// A loop between its first iteration and its last. Finished iterations leave nothing but a trace.
struct LoopProgress {
  Body body;
  std::int64_t iteration = 0;
  // Of the running iteration.
  model::Outputs inputs;
};

// What a named loop leaves behind: the outputs of its body, iteration by iteration.
struct TraceLog {
  std::string name;
  std::uint64_t iterations = 0;
  std::vector<std::pair<std::string, ElementList>> outputs;
};

// A map between its first element and its last. Elements become frames as there is room for them,
// and collapse to their outputs when they are done.
struct MapProgress {
  Body body;
  std::size_t count = 0;
  std::size_t opened = 0;
  std::size_t finished = 0;
  std::vector<std::pair<std::string, ElementListPtr>> mapped;
  // The same for every element.
  model::Outputs broadcast;
  // Outputs of the body that somebody consumes.
  struct Result {
    std::size_t output = 0;  // Of those of the body.
    std::shared_ptr<ElementList> elements;
  };
  std::vector<Result> results;

  std::size_t open_count() const { return opened - finished; }
};

// What a workflow that takes over outcomes holds back meanwhile.
struct ReuseHold {
  bool is_open = false;
  // Where the outcomes come from.
  std::optional<Uuid> source;
  // The node to run again; and once it could be started meanwhile, that it can.
  std::optional<graph::Location> location;
  std::optional<NodeRef> node;
};

struct Frame {
  // The value the graph was read from is what its `body` port carries.
  Body body;

  // Where it hangs: the node of the parent that it is an instance of. Root: kNoFrame.
  NodeRef parent;
  graph::LocationStep step;
  std::uint32_t depth = 0;

  // One entry a node.
  std::vector<NodeState> states;
  std::vector<std::uint32_t> missing;
  // One entry a port. Null: not made yet or, if its producer has finished, absent or in `elements`.
  std::vector<graph::ValuePtr> values;
  // Of mapped ports.
  std::map<PortIndex, ElementListPtr> elements;

  std::map<NodeIndex, LoopProgress> loops;
  std::map<NodeIndex, MapProgress> maps;

  // The instances below: by node, then by iteration or element (0 for an eval).
  absl::btree_map<std::pair<NodeIndex, std::int64_t>, FrameIndex> children;

  const CompiledGraph& graph() const { return *body.graph; }
  // The values that come in from outside; a name without one is absent, or fixed by the graph.
  void Fill(absl::FunctionRef<graph::ValuePtr(std::string_view)> input);
  // Whether the port has its value, or never will.
  bool is_available(PortIndex port) const {
    const std::int32_t producer = graph().producer(port);
    return producer == graph::kOutside ||
           states[static_cast<NodeIndex>(producer)] == NodeState::kFinished;
  }
};

}  // namespace orrery::engine
