#include "client/cpp/node_list.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "absl/status/status.h"
#include "fmt/format.h"
#include "fmt/ranges.h"
#include "graph/value.h"

namespace orrery::client::internal {
namespace {

bool IsBound(const NamedBinding& input) {
  return !std::holds_alternative<std::monostate>(input.binding);
}

bool Contains(const std::vector<std::string>& names, const std::string& name) {
  return std::ranges::find(names, name) != names.end();
}

std::string Label(const graph::NodeKind& kind) {
  const auto* function = std::get_if<graph::FunctionNode>(&kind);
  return function == nullptr ? std::string(graph::KindName(kind)) : function->function_name;
}

graph::PortRef& BodyOf(graph::NodeKind& kind) {
  if (auto* eval = std::get_if<graph::EvalNode>(&kind)) return eval->graph;
  if (auto* loop = std::get_if<graph::LoopNode>(&kind)) return loop->body;
  return std::get<graph::MapNode>(kind).body;
}

}  // namespace

NodeList::NodeList(std::string name) { graph_.name = std::move(name); }

std::int32_t NodeList::Add(graph::Node node) {
  graph_.nodes.push_back(std::move(node));
  return static_cast<std::int32_t>(graph_.nodes.size()) - 1;
}

std::int32_t NodeList::AddWired(graph::NodeKind kind, const std::vector<NamedBinding>& inputs) {
  graph::Node node{.kind = std::move(kind), .inputs = {}};
  const std::string where = Label(node.kind);
  for (const NamedBinding& input : inputs) {
    if (!IsBound(input)) continue;
    node.inputs.push_back(
        {input.name, Resolve(fmt::format("input {} of {}", input.name, where), input.binding)});
  }
  return Add(std::move(node));
}

std::int32_t NodeList::AddRun(graph::NodeKind kind, const Binding& body,
                              const std::vector<NamedBinding>& inputs) {
  const std::string where = Label(kind);
  BodyOf(kind) = Resolve(fmt::format("the graph of {}", where), body);
  const bool is_any_mapped = std::ranges::any_of(inputs, &NamedBinding::is_mapped);
  if (std::holds_alternative<graph::MapNode>(kind) && !is_any_mapped) {
    AddProblem(
        "a map has no input that is a list of elements: pass one of its inputs g.Unfold(list)");
  }
  return AddWired(std::move(kind), inputs);
}

std::int32_t NodeList::AddPartial(const Binding& body, const std::vector<NamedBinding>& inputs,
                                  const PartialNames& names) {
  for (const std::string& name : names.all) {
    const bool is_given = std::ranges::any_of(inputs, [&name](const NamedBinding& input) {
      return input.name == name && IsBound(input);
    });
    const bool remains = Contains(names.remaining, name);
    if (is_given && remains) {
      AddProblem(fmt::format("input {} of a partial eval is both given and remaining", name));
    } else if (!is_given && !remains) {
      AddProblem(fmt::format("input {} of a partial eval is neither given nor remaining", name));
    }
  }
  return AddRun(graph::EvalNode{}, body, inputs);
}

std::int32_t NodeList::AddIfElse(bool is_eager, const Branches& branches) {
  graph::IfElseNode node{.pred = {}, .if_true = {}, .if_false = {}, .is_eager = is_eager};
  const std::string where = Label(node);
  node.pred = Resolve(fmt::format("the pred of {}", where), branches.pred);
  node.if_true = Resolve(fmt::format("the if_true of {}", where), branches.if_true);
  node.if_false = Resolve(fmt::format("the if_false of {}", where), branches.if_false);
  return Add({.kind = std::move(node), .inputs = {}});
}

graph::PortRef NodeList::Resolve(std::string_view what, const Binding& binding) {
  if (const auto* port = std::get_if<BoundPort>(&binding)) {
    if (port->owner != this)
      AddProblem(fmt::format("{} is connected to a port of another builder", what));
    return port->ref;
  }
  const auto& constant = std::get<absl::StatusOr<graph::Value>>(binding);
  if (!constant.ok()) {
    AddProblem(fmt::format("{} is a constant that cannot be encoded: {}", what,
                           std::string(constant.status().message())));
    return {};
  }
  return {Add({.kind = graph::ConstNode{*constant}, .inputs = {}}), std::string(graph::kValuePort)};
}

void NodeList::AddOutput(const std::string& name, const BoundPort& port) {
  outputs_.push_back({name, Resolve(fmt::format("output {}", name), port)});
}

void NodeList::AddProblem(std::string problem) { problems_.push_back(std::move(problem)); }

absl::StatusOr<graph::Graph> NodeList::Build() && {
  if (!problems_.empty()) {
    return absl::InvalidArgumentError(fmt::format("{}", fmt::join(problems_, "\n")));
  }
  Add({.kind = graph::OutputNode{}, .inputs = std::move(outputs_)});
  return std::move(graph_);
}

}  // namespace orrery::client::internal
