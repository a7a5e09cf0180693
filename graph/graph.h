// A workflow graph as users and tools exchange it: a list of nodes, with edges as (node, port).
//
// A node's index is its position. Index -1 is the outside of this graph: the inputs of the frame,
// and the port `body`, which gives the graph itself. A Graph may be incorrect; graph/checker.h
// checks it.
//
// Threading: thread-compatible; value types.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "graph/failure_policy.h"
#include "graph/value.h"

namespace orrery::graph {

inline constexpr std::int32_t kOutside = -1;
inline constexpr std::string_view kBodyPort = "body";
inline constexpr std::string_view kValuePort = "value";
// The ports that carry elements: `*`, and `<output>-*`.
inline constexpr std::string_view kMappedPort = "*";
inline constexpr std::string_view kMappedSuffix = "-*";

struct PortRef {
  std::int32_t node = kOutside;
  std::string port;

  friend auto operator<=>(const PortRef&, const PortRef&) = default;
};

struct InputNode {
  std::string name;
  friend bool operator==(const InputNode&, const InputNode&) = default;
};
struct ConstNode {
  // Serialized as it is stored. A graph is JSON in the GraphData form.
  Value value;
  friend bool operator==(const ConstNode&, const ConstNode&) = default;
};
struct OutputNode {
  friend bool operator==(const OutputNode&, const OutputNode&) = default;
};
struct FunctionNode {
  std::string function_name;  // "worker.task"
  FailurePolicy policy;
  friend bool operator==(const FunctionNode&, const FunctionNode&) = default;
};
struct EvalNode {
  PortRef graph;
  friend bool operator==(const EvalNode&, const EvalNode&) = default;
};
struct LoopNode {
  PortRef body;
  std::string continue_port;
  std::string name;  // Empty: no trace is kept.
  friend bool operator==(const LoopNode&, const LoopNode&) = default;
};
struct MapNode {
  PortRef body;
  friend bool operator==(const MapNode&, const MapNode&) = default;
};
struct IfElseNode {
  PortRef pred;
  PortRef if_true;
  PortRef if_false;
  bool is_eager = false;
  friend bool operator==(const IfElseNode&, const IfElseNode&) = default;
};

using NodeKind = std::variant<InputNode, ConstNode, OutputNode, FunctionNode, EvalNode, LoopNode,
                              MapNode, IfElseNode>;

struct NodeInput {
  std::string name;
  PortRef source;
  friend bool operator==(const NodeInput&, const NodeInput&) = default;
};

struct Node {
  NodeKind kind;
  // In the order of the text. Names are unique in a correct graph.
  std::vector<NodeInput> inputs;
  friend bool operator==(const Node&, const Node&) = default;
};

struct Graph {
  std::string name;
  std::vector<Node> nodes;
  // Inputs given in advance (partial application).
  std::map<std::string, Value> fixed_inputs;
  friend bool operator==(const Graph&, const Graph&) = default;
};

// Returns the name in GraphData JSON: "function", "const", ...
std::string_view KindName(const NodeKind& kind);

// Calls visit(std::string_view role, const PortRef&) for every reference of a node, its named
// inputs first. The role is "pred", "graph", ..., or the name of the input.
template <class Visitor>
void ForEachReference(const Node& node, const Visitor& visit) {
  for (const NodeInput& input : node.inputs) visit(std::string_view(input.name), input.source);
  if (const auto* eval = std::get_if<EvalNode>(&node.kind)) {
    visit("graph", eval->graph);
  } else if (const auto* loop = std::get_if<LoopNode>(&node.kind)) {
    visit("body", loop->body);
  } else if (const auto* map = std::get_if<MapNode>(&node.kind)) {
    visit("body", map->body);
  } else if (const auto* choice = std::get_if<IfElseNode>(&node.kind)) {
    visit("pred", choice->pred);
    visit("if_true", choice->if_true);
    visit("if_false", choice->if_false);
  }
}

// Returns the same references as a list.
std::vector<NodeInput> ReferencesOf(const Node& node);

// Returns the reference to the graph that an eval, loop or map runs; null for other nodes.
const PortRef* BodyOf(const NodeKind& kind);

// Returns true if a source port carries the elements of a list one by one: `*` or `x-*`.
bool IsMappedPort(std::string_view port);

// Returns the names of the graph's input nodes, in node order.
std::vector<std::string> InputNames(const Graph& graph);

// Returns the names of the graph's outputs, in the order of its output node.
std::vector<std::string> OutputNames(const Graph& graph);

}  // namespace orrery::graph
