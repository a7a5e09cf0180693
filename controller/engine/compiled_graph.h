// A graph made ready to run: dense indices, flat arrays, no strings on the way.
//
// Compiled once per distinct graph body; every instance (eval, loop iteration, map element) shares
// it. Each (node, port) that anybody consumes, plus each port of the outside, has a dense PortIndex
// at which a frame keeps the value.
//
// Threading: immutable after Compile.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "base/digest.h"
#include "graph/builtins/builtin.h"
#include "graph/canonical.h"
#include "graph/graph.h"

namespace orrery::engine {

using NodeIndex = std::uint32_t;
using PortIndex = std::uint32_t;

inline constexpr PortIndex kNoPort = UINT32_MAX;

// The operation of a node, in one byte; the names stay in the graph.
enum class NodeOp : std::uint8_t {
  kInput,
  kConst,
  kOutput,
  kTask,     // A function of a worker.
  kBuiltin,  // A function that the engine computes itself.
  kFold,
  kUnfold,
  kEval,
  kLoop,
  kMap,
  kIfElse,
  kEagerIfElse,
};

class CompiledGraph {
 public:
  // A wired input: where the value comes from. `name` indexes names().
  struct Wire {
    std::uint32_t name = 0;
    PortIndex source = kNoPort;
  };

  // Requires a graph that the checker accepts. kInvalidArgument: it would not, after all.
  static absl::StatusOr<std::shared_ptr<const CompiledGraph>> Compile(graph::Graph graph);
  // The same where its GraphDigest is known. Keeps the graph.
  static absl::StatusOr<std::shared_ptr<const CompiledGraph>> Compile(
      std::shared_ptr<const graph::Graph> graph, const Digest& digest);

  const graph::Graph& graph() const { return *graph_; }
  const Digest& digest() const { return digest_; }

  std::size_t node_count() const { return ops_.size(); }
  std::size_t port_count() const { return producers_.size(); }
  // The memory of the arrays of a frame: two for each node, one for each port.
  std::size_t frame_bytes() const {
    return node_count() * (sizeof(std::uint8_t) + sizeof(std::uint32_t)) +
           port_count() * sizeof(graph::ValuePtr);
  }
  // The nanoseconds in which a frame is opened, filled and closed.
  std::uint64_t frame_work() const { return (node_count() + port_count() + wires_.size()) * 10; }
  NodeOp op(NodeIndex node) const { return ops_[node]; }
  NodeIndex output_node() const { return output_node_; }
  // The names of the graph's outputs, in the order of the output node's wires.
  std::vector<std::string_view> OutputNames() const;

  // The node's wired inputs, in the graph's order, then steering(node).
  std::span<const Wire> wires(NodeIndex node) const;
  // The wires behind the plain inputs: eval's graph; loop's or map's body; if-else's predicate and
  // branches. Empty for other nodes.
  std::span<const Wire> steering(NodeIndex node) const;
  // How many of wires(node) are plain inputs.
  std::size_t input_count(NodeIndex node) const { return input_counts_[node]; }
  // The ports of the node that somebody consumes.
  std::span<const PortIndex> outputs(NodeIndex node) const;
  // The nodes that read the port, once per wire.
  std::span<const NodeIndex> consumers(PortIndex port) const;
  // The ports of the node that nodes read as inputs, in the order of their first readers, with the
  // last reader of each. A graph that an eval, loop or map runs is not read as an input.
  struct Read {
    PortIndex port = kNoPort;
    NodeIndex last_reader = 0;
  };
  std::span<const Read> reads(NodeIndex node) const;
  // The port of `node` named `name`; kNoPort if nobody consumes it.
  PortIndex FindOutput(NodeIndex node, std::string_view name) const;
  // An output that somebody consumes and `values` does not have; empty if there is none.
  std::string_view MissingOutput(NodeIndex node, std::span<const graph::NamedValue> values) const;
  // The port of the outside named `name`; kNoPort if nobody reads it.
  PortIndex FindOutside(std::string_view name) const;

  std::string_view name(std::uint32_t index) const { return names_[index]; }
  // The port's own name.
  std::string_view port_name(PortIndex port) const { return names_[port_names_[port]]; }
  // The node that produces it; -1 is the outside.
  std::int32_t producer(PortIndex port) const { return producers_[port]; }
  // The ports of the outside that somebody reads, `body` included.
  std::span<const PortIndex> outside_ports() const { return outside_ports_; }
  std::span<const NodeIndex> input_nodes() const { return input_nodes_; }
  // Of a builtin, fold or unfold; null for other nodes, and if there is none of its name.
  const graph::Builtin* builtin(NodeIndex node) const { return builtins_[node]; }
  // The value of a const node; null for other nodes.
  const graph::ValuePtr& constant(NodeIndex node) const { return constants_[node]; }

 private:
  class Builder;
  CompiledGraph() = default;

  std::shared_ptr<const graph::Graph> graph_;
  Digest digest_;
  NodeIndex output_node_ = 0;
  std::vector<NodeIndex> input_nodes_;

  // One entry a node.
  std::vector<NodeOp> ops_;
  std::vector<std::uint32_t> input_counts_;
  std::vector<graph::ValuePtr> constants_;
  std::vector<const graph::Builtin*> builtins_;
  // Compressed rows: entries of node (or port) i are [offsets[i], offsets[i + 1]).
  std::vector<std::uint32_t> wire_offsets_;
  std::vector<Wire> wires_;
  std::vector<std::uint32_t> output_offsets_;
  std::vector<PortIndex> output_ports_;
  std::vector<std::uint32_t> read_offsets_;
  std::vector<Read> reads_;
  std::vector<std::uint32_t> consumer_offsets_;
  std::vector<NodeIndex> consumers_;

  // One entry a port.
  std::vector<std::int32_t> producers_;
  std::vector<std::uint32_t> port_names_;

  std::vector<PortIndex> outside_ports_;
  std::vector<std::string> names_;
};

}  // namespace orrery::engine
