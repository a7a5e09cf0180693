#include "controller/engine/compiled_graph.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "base/check.h"
#include "base/overload.h"
#include "fmt/format.h"
#include "graph/canonical.h"

namespace orrery::engine {
namespace {

const graph::Builtin* BuiltinOf(const graph::FunctionNode& node) {
  const graph::TaskName name = graph::SplitFunctionName(node.function_name);
  return name.worker == graph::kBuiltinsWorker ? graph::FindBuiltin(name.task) : nullptr;
}

NodeOp OpOfFunction(const graph::FunctionNode& node) {
  const graph::TaskName name = graph::SplitFunctionName(node.function_name);
  if (name.worker != graph::kBuiltinsWorker) return NodeOp::kTask;
  const graph::Builtin* builtin = graph::FindBuiltin(name.task);
  if (builtin == nullptr) return NodeOp::kBuiltin;
  if (builtin->kind == graph::BuiltinKind::kFold) return NodeOp::kFold;
  return builtin->kind == graph::BuiltinKind::kUnfold ? NodeOp::kUnfold : NodeOp::kBuiltin;
}

NodeOp OpOf(const graph::NodeKind& kind) {
  return std::visit(Overload{
                        [](const graph::InputNode&) { return NodeOp::kInput; },
                        [](const graph::ConstNode&) { return NodeOp::kConst; },
                        [](const graph::OutputNode&) { return NodeOp::kOutput; },
                        [](const graph::FunctionNode& node) { return OpOfFunction(node); },
                        [](const graph::EvalNode&) { return NodeOp::kEval; },
                        [](const graph::LoopNode&) { return NodeOp::kLoop; },
                        [](const graph::MapNode&) { return NodeOp::kMap; },
                        [](const graph::IfElseNode& node) {
                          return node.is_eager ? NodeOp::kEagerIfElse : NodeOp::kIfElse;
                        },
                    },
                    kind);
}

std::vector<graph::PortRef> SteeringOf(const graph::NodeKind& kind) {
  return std::visit(Overload{
                        [](const graph::EvalNode& node) { return std::vector{node.graph}; },
                        [](const graph::LoopNode& node) { return std::vector{node.body}; },
                        [](const graph::MapNode& node) { return std::vector{node.body}; },
                        [](const graph::IfElseNode& node) {
                          return std::vector{node.pred, node.if_true, node.if_false};
                        },
                        [](const auto&) { return std::vector<graph::PortRef>(); },
                    },
                    kind);
}

}  // namespace

// Walks the nodes once to intern names, ports and wires, then turns them into compressed rows.
class CompiledGraph::Builder {
 public:
  explicit Builder(CompiledGraph& out) : out_(out) {}

  absl::Status AddNodes() {
    const std::vector<graph::Node>& nodes = out_.graph_->nodes;
    bool has_output = false;
    for (NodeIndex index = 0; index < nodes.size(); ++index) {
      const graph::Node& node = nodes[index];
      const NodeOp op = OpOf(node.kind);
      if (op == NodeOp::kOutput) {
        if (has_output) return absl::InvalidArgumentError("the graph has two output nodes");
        has_output = true;
        out_.output_node_ = index;
      }
      if (op == NodeOp::kInput) out_.input_nodes_.push_back(index);
      const auto* function = std::get_if<graph::FunctionNode>(&node.kind);
      out_.ops_.push_back(op);
      out_.builtins_.push_back(function == nullptr ? nullptr : BuiltinOf(*function));
      out_.input_counts_.push_back(static_cast<std::uint32_t>(node.inputs.size()));
      const auto* constant = std::get_if<graph::ConstNode>(&node.kind);
      out_.constants_.push_back(
          constant == nullptr ? nullptr : std::make_shared<const graph::Value>(constant->value));
      out_.wire_offsets_.push_back(static_cast<std::uint32_t>(out_.wires_.size()));
      for (const graph::NodeInput& input : node.inputs) {
        if (absl::Status status = AddWire(index, input.name, input.source); !status.ok()) {
          return status;
        }
      }
      for (const graph::PortRef& source : SteeringOf(node.kind)) {
        if (absl::Status status = AddWire(index, "", source); !status.ok()) return status;
      }
    }
    out_.wire_offsets_.push_back(static_cast<std::uint32_t>(out_.wires_.size()));
    if (!has_output) return absl::InvalidArgumentError("the graph has no output node");
    return absl::OkStatus();
  }

  void IndexPorts() {
    std::vector<std::vector<PortIndex>> outputs(out_.ops_.size());
    std::vector<std::uint32_t> counts(out_.producers_.size(), 0);
    for (PortIndex port = 0; port < out_.producers_.size(); ++port) {
      const std::int32_t producer = out_.producers_[port];
      if (producer == graph::kOutside) {
        out_.outside_ports_.push_back(port);
      } else {
        outputs[static_cast<std::size_t>(producer)].push_back(port);
      }
    }
    for (const std::vector<PortIndex>& ports : outputs) {
      out_.output_offsets_.push_back(static_cast<std::uint32_t>(out_.output_ports_.size()));
      out_.output_ports_.insert(out_.output_ports_.end(), ports.begin(), ports.end());
    }
    out_.output_offsets_.push_back(static_cast<std::uint32_t>(out_.output_ports_.size()));

    for (const Wire& wire : out_.wires_) ++counts[wire.source];
    out_.consumer_offsets_.push_back(0);
    for (const std::uint32_t count : counts) {
      out_.consumer_offsets_.push_back(out_.consumer_offsets_.back() + count);
    }
    out_.consumers_.resize(out_.wires_.size());
    std::vector<std::uint32_t> next(out_.consumer_offsets_.begin(),
                                    out_.consumer_offsets_.end() - 1);
    for (NodeIndex node = 0; node < out_.ops_.size(); ++node) {
      for (const Wire& wire : out_.wires(node)) out_.consumers_[next[wire.source]++] = node;
    }
  }

  void IndexReads() {
    // Of each port: where its entry is in `reads`.
    std::vector<std::size_t> places(out_.producers_.size(), kNoPort);
    std::vector<Read> reads;
    out_.read_offsets_.assign(out_.ops_.size() + 1, 0);
    for (NodeIndex node = 0; node < out_.ops_.size(); ++node) {
      const bool reads_steering =
          out_.ops_[node] == NodeOp::kIfElse || out_.ops_[node] == NodeOp::kEagerIfElse;
      const auto wires = out_.wires(node);
      for (const Wire& wire : reads_steering ? wires : wires.first(out_.input_count(node))) {
        const std::int32_t producer = out_.producers_[wire.source];
        if (producer == graph::kOutside) continue;
        if (places[wire.source] == kNoPort) {
          places[wire.source] = reads.size();
          reads.push_back({wire.source, node});
          ++out_.read_offsets_[static_cast<std::size_t>(producer) + 1];
        }
        reads[places[wire.source]].last_reader = node;
      }
    }
    std::partial_sum(out_.read_offsets_.begin(), out_.read_offsets_.end(),
                     out_.read_offsets_.begin());
    std::vector<std::uint32_t> next(out_.read_offsets_.begin(), out_.read_offsets_.end() - 1);
    out_.reads_.resize(reads.size());
    for (const Read& read : reads) {
      out_.reads_[next[static_cast<std::size_t>(out_.producers_[read.port])]++] = read;
    }
  }

 private:
  absl::Status AddWire(NodeIndex node, std::string_view name, const graph::PortRef& source) {
    // Backward references are what keeps the graph free of cycles.
    if (source.node < graph::kOutside || source.node >= static_cast<std::int64_t>(node)) {
      return absl::InvalidArgumentError(fmt::format(
          "node {} refers to node {}, which does not come before it", node, source.node));
    }
    out_.wires_.push_back({.name = InternName(name), .source = InternPort(source)});
    return absl::OkStatus();
  }

  std::uint32_t InternName(std::string_view name) {
    const auto [it, is_new] =
        names_.try_emplace(std::string(name), static_cast<std::uint32_t>(out_.names_.size()));
    if (is_new) out_.names_.emplace_back(name);
    return it->second;
  }

  PortIndex InternPort(const graph::PortRef& source) {
    const std::uint32_t name = InternName(source.port);
    const auto [it, is_new] = ports_.try_emplace(std::pair(source.node, name),
                                                 static_cast<PortIndex>(out_.producers_.size()));
    if (is_new) {
      out_.producers_.push_back(source.node);
      out_.port_names_.push_back(name);
    }
    return it->second;
  }

  CompiledGraph& out_;
  absl::flat_hash_map<std::string, std::uint32_t> names_;
  // By the number of the node and the index of the name.
  absl::flat_hash_map<std::pair<std::int32_t, std::uint32_t>, PortIndex> ports_;
};

absl::StatusOr<std::shared_ptr<const CompiledGraph>> CompiledGraph::Compile(graph::Graph graph) {
  const Digest digest = graph::GraphDigest(graph);
  return Compile(std::make_shared<const graph::Graph>(std::move(graph)), digest);
}

absl::StatusOr<std::shared_ptr<const CompiledGraph>> CompiledGraph::Compile(
    std::shared_ptr<const graph::Graph> graph, const Digest& digest) {
  auto compiled = std::shared_ptr<CompiledGraph>(new CompiledGraph());
  compiled->digest_ = digest;
  compiled->graph_ = std::move(graph);

  Builder builder(*compiled);
  if (absl::Status status = builder.AddNodes(); !status.ok()) return status;
  builder.IndexPorts();
  builder.IndexReads();
  return std::shared_ptr<const CompiledGraph>(std::move(compiled));
}

std::vector<std::string_view> CompiledGraph::OutputNames() const {
  std::vector<std::string_view> names;
  for (const Wire& wire : wires(output_node_)) names.push_back(name(wire.name));
  return names;
}

std::span<const CompiledGraph::Wire> CompiledGraph::wires(NodeIndex node) const {
  CHECK(node < ops_.size());
  return std::span(wires_).subspan(wire_offsets_[node],
                                   wire_offsets_[node + 1] - wire_offsets_[node]);
}

std::span<const CompiledGraph::Wire> CompiledGraph::steering(NodeIndex node) const {
  return wires(node).subspan(input_counts_[node]);
}

std::span<const PortIndex> CompiledGraph::outputs(NodeIndex node) const {
  CHECK(node < ops_.size());
  return std::span(output_ports_)
      .subspan(output_offsets_[node], output_offsets_[node + 1] - output_offsets_[node]);
}

std::span<const CompiledGraph::Read> CompiledGraph::reads(NodeIndex node) const {
  CHECK(node < ops_.size());
  return std::span(reads_).subspan(read_offsets_[node],
                                   read_offsets_[node + 1] - read_offsets_[node]);
}

std::span<const NodeIndex> CompiledGraph::consumers(PortIndex port) const {
  CHECK(port < producers_.size());
  return std::span(consumers_)
      .subspan(consumer_offsets_[port], consumer_offsets_[port + 1] - consumer_offsets_[port]);
}

PortIndex CompiledGraph::FindOutput(NodeIndex node, std::string_view name) const {
  for (const PortIndex port : outputs(node)) {
    if (port_name(port) == name) return port;
  }
  return kNoPort;
}

std::string_view CompiledGraph::MissingOutput(NodeIndex node,
                                              std::span<const graph::NamedValue> values) const {
  for (const PortIndex port : outputs(node)) {
    const bool is_there = std::ranges::any_of(values, [&](const graph::NamedValue& value) {
      return value.name == port_name(port) && value.value != nullptr;
    });
    if (!is_there) return port_name(port);
  }
  return "";
}

PortIndex CompiledGraph::FindOutside(std::string_view name) const {
  for (const PortIndex port : outside_ports_) {
    if (port_name(port) == name) return port;
  }
  return kNoPort;
}

}  // namespace orrery::engine
