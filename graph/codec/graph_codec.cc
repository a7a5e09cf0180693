#include "graph/codec/graph_codec.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "base/overload.h"
#include "base/status_macros.h"
#include "graph/codec/policy_codec.h"
#include "graph/codec/value_codec.h"
#include "graph/limits.h"
#include "orrery/graph/v1/graph.pb.h"
#include <fmt/format.h>

namespace orrery::graph {
namespace {

void ToProto(const PortRef& reference, v1::PortRef& message) {
  message.set_node(reference.node);
  message.set_port(reference.port);
}

void SetKind(const NodeKind& kind, v1::Node& message) {
  std::visit(
      Overload{
          [&](const InputNode& input) { message.mutable_input()->set_name(input.name); },
          [&](const ConstNode& constant) {
            ToProto(constant.value, *message.mutable_const_()->mutable_value());
          },
          [&](const OutputNode&) { message.mutable_output(); },
          [&](const FunctionNode& function) {
            message.mutable_function()->set_function_name(function.function_name);
            if (!function.policy.is_empty()) {
              *message.mutable_function()->mutable_policy() = ToProto(function.policy);
            }
          },
          [&](const EvalNode& eval) {
            ToProto(eval.graph, *message.mutable_eval()->mutable_graph());
          },
          [&](const LoopNode& loop) {
            ToProto(loop.body, *message.mutable_loop()->mutable_body());
            message.mutable_loop()->set_continue_port(loop.continue_port);
            message.mutable_loop()->set_name(loop.name);
          },
          [&](const MapNode& map) { ToProto(map.body, *message.mutable_map()->mutable_body()); },
          [&](const IfElseNode& choice) {
            v1::IfElseNode* if_else = message.mutable_if_else();
            ToProto(choice.pred, *if_else->mutable_pred());
            ToProto(choice.if_true, *if_else->mutable_if_true());
            ToProto(choice.if_false, *if_else->mutable_if_false());
            if_else->set_eager(choice.is_eager);
          },
      },
      kind);
}

// Reads a node of the message; errors name the place.
class NodeReader {
 public:
  NodeReader(const v1::Node& message, std::size_t index) : message_(message), index_(index) {}

  absl::StatusOr<Node> Read() const {
    ASSIGN_OR_RETURN(NodeKind kind, ReadKind());
    ASSIGN_OR_RETURN(std::vector<NodeInput> inputs, ReadInputs());
    return Node{std::move(kind), std::move(inputs)};
  }

 private:
  absl::StatusOr<NodeKind> ReadKind() const {
    switch (message_.kind_case()) {
      case v1::Node::kInput:
        return InputNode{message_.input().name()};
      case v1::Node::kConst:
        return ReadConst();
      case v1::Node::kOutput:
        return OutputNode{};
      case v1::Node::kFunction:
        return ReadFunction();
      case v1::Node::kEval: {
        ASSIGN_OR_RETURN(PortRef graph, ReadRef(message_.eval(), &v1::EvalNode::has_graph,
                                                &v1::EvalNode::graph, "graph"));
        return EvalNode{std::move(graph)};
      }
      case v1::Node::kLoop: {
        ASSIGN_OR_RETURN(PortRef body, ReadRef(message_.loop(), &v1::LoopNode::has_body,
                                               &v1::LoopNode::body, "body"));
        return LoopNode{std::move(body), message_.loop().continue_port(), message_.loop().name()};
      }
      case v1::Node::kMap: {
        ASSIGN_OR_RETURN(PortRef body, ReadRef(message_.map(), &v1::MapNode::has_body,
                                               &v1::MapNode::body, "body"));
        return MapNode{std::move(body)};
      }
      case v1::Node::kIfElse:
        return ReadIfElse();
      case v1::Node::KIND_NOT_SET:
        break;
    }
    return Error("kind", "is missing");
  }

  absl::StatusOr<NodeKind> ReadConst() const {
    absl::StatusOr<Value> value = FromProto(message_.const_().value());
    if (!value.ok()) return Error("value", std::string(value.status().message()));
    return ConstNode{*std::move(value)};
  }

  absl::StatusOr<NodeKind> ReadFunction() const {
    absl::StatusOr<FailurePolicy> policy = FromProto(message_.function().policy());
    if (!policy.ok()) return Error("policy", std::string(policy.status().message()));
    return FunctionNode{message_.function().function_name(), *std::move(policy)};
  }

  absl::StatusOr<NodeKind> ReadIfElse() const {
    using Message = v1::IfElseNode;
    const Message& choice = message_.if_else();
    ASSIGN_OR_RETURN(PortRef pred, ReadRef(choice, &Message::has_pred, &Message::pred, "pred"));
    ASSIGN_OR_RETURN(PortRef if_true,
                     ReadRef(choice, &Message::has_if_true, &Message::if_true, "if_true"));
    ASSIGN_OR_RETURN(PortRef if_false,
                     ReadRef(choice, &Message::has_if_false, &Message::if_false, "if_false"));
    return IfElseNode{std::move(pred), std::move(if_true), std::move(if_false), choice.eager()};
  }

  absl::StatusOr<std::vector<NodeInput>> ReadInputs() const {
    const auto count = static_cast<std::size_t>(message_.inputs_size());
    if (count > kLimits.node_inputs.max) {
      return LimitExceeded(kLimits.node_inputs, fmt::format("node {}: the list of inputs", index_),
                           count, kFewerInputs, absl::StatusCode::kResourceExhausted);
    }
    std::vector<NodeInput> inputs;
    for (const v1::NodeInput& input : message_.inputs()) {
      ASSIGN_OR_RETURN(PortRef source,
                       ReadRef(input, &v1::NodeInput::has_source, &v1::NodeInput::source,
                               fmt::format("inputs.{}", input.name())));
      inputs.push_back({input.name(), std::move(source)});
    }
    return inputs;
  }

  // Without this check, a missing reference would read as port "" of node 0.
  template <class Message>
  absl::StatusOr<PortRef> ReadRef(const Message& message, bool (Message::*has)() const,
                                  const v1::PortRef& (Message::*get)() const,
                                  std::string_view field) const {
    if (!(message.*has)()) return Error(field, "is missing");
    const v1::PortRef& reference = (message.*get)();
    if (reference.node() < kOutside) {
      return Error(field,
                   fmt::format("{} is not a node index; the first node is 0, the outside is -1",
                               reference.node()));
    }
    return PortRef{reference.node(), reference.port()};
  }

  absl::Status Error(std::string_view field, std::string_view what) const {
    return absl::InvalidArgumentError(
        fmt::format("node {}: field \"{}\": {}", index_, field, what));
  }

  const v1::Node& message_;
  const std::size_t index_;
};

}  // namespace

void ToProto(const Graph& graph, v1::Graph& message) {
  message.set_name(graph.name);
  for (const Node& node : graph.nodes) {
    v1::Node* node_message = message.add_nodes();
    SetKind(node.kind, *node_message);
    for (const auto& [name, source] : node.inputs) {
      v1::NodeInput* input = node_message->add_inputs();
      input->set_name(name);
      ToProto(source, *input->mutable_source());
    }
  }
  for (const auto& [name, value] : graph.fixed_inputs) {
    v1::NamedValue* input = message.add_fixed_inputs();
    input->set_name(name);
    ToProto(value, *input->mutable_value());
  }
}

absl::StatusOr<Graph> FromProto(const v1::Graph& message) {
  const auto count = static_cast<std::size_t>(message.nodes_size());
  RETURN_IF_ERROR(CheckLimit(kLimits.graph_nodes, "graph: the list of nodes", count, kFewerNodes,
                             absl::StatusCode::kResourceExhausted));
  Graph graph{.name = message.name()};
  for (std::size_t i = 0; i < count; ++i) {
    ASSIGN_OR_RETURN(graph.nodes.emplace_back(),
                     NodeReader(message.nodes(static_cast<int>(i)), i).Read());
  }
  for (const v1::NamedValue& input : message.fixed_inputs()) {
    absl::StatusOr<NamedValue> value = FromProto(input);
    if (!value.ok()) {
      return absl::InvalidArgumentError(
          fmt::format("fixed_inputs: {}", std::string(value.status().message())));
    }
    if (!graph.fixed_inputs.emplace(input.name(), *value->value).second) {
      return absl::InvalidArgumentError(
          fmt::format("fixed_inputs: \"{}\" is given twice", input.name()));
    }
  }
  return graph;
}

}  // namespace orrery::graph
