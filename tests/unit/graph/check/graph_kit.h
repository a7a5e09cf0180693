// Small graphs, and tasks for them, to check.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "graph/checker.h"
#include "graph/graph.h"
#include "graph/graph_data.h"
#include "graph/task.h"
#include "tests/unit/graph/sample_types.h"

namespace orrery::graph {

inline const Type kBytes = SimpleType(TypeKind::kBytes);
inline const Type kGraph = SimpleType(TypeKind::kGraph);
inline const Type kT{.kind = TypeKind::kVariable, .name = "T"};
inline const Type kU{.kind = TypeKind::kVariable, .name = "U"};
inline const std::string kJson = "application/json";
inline const std::string kNpy = "application/x-npy";

inline Node Input(std::string name) { return {InputNode{std::move(name)}, {}}; }
inline Node Const(std::string json) { return {ConstNode{JsonValue(std::move(json))}, {}}; }
inline Node GraphConst(const Graph& graph) {
  return {ConstNode{JsonValue(WriteGraphData(graph), "graph")}, {}};
}
inline Node Output(std::vector<NodeInput> inputs) { return {OutputNode{}, std::move(inputs)}; }
inline Node Call(std::string function, std::vector<NodeInput> inputs) {
  return {FunctionNode{std::move(function)}, std::move(inputs)};
}
inline Node Eval(PortRef graph, std::vector<NodeInput> inputs) {
  return {EvalNode{std::move(graph)}, std::move(inputs)};
}
inline Node Loop(PortRef body, std::string continue_port, std::vector<NodeInput> inputs) {
  return {LoopNode{std::move(body), std::move(continue_port), ""}, std::move(inputs)};
}
inline Node Map(PortRef body, std::vector<NodeInput> inputs) {
  return {MapNode{std::move(body)}, std::move(inputs)};
}
inline Node Unfold(PortRef list) {
  return Call("builtins.unfold_values", {{"value", std::move(list)}});
}
inline Node Fold(PortRef elements) {
  return Call("builtins.fold_values", {{"values_glob", std::move(elements)}});
}
inline Node IfElse(PortRef pred, PortRef if_true, PortRef if_false) {
  return {IfElseNode{std::move(pred), std::move(if_true), std::move(if_false)}, {}};
}

inline PortSpec JsonPort(std::string name, Type type) {
  return {.name = std::move(name), .type = std::move(type), .formats = {kJson}};
}

// Worker "t". Its task `tell` takes nothing but none, so that it complains of everything else.
inline const Catalog& KitCatalog() {
  static const Catalog kCatalog{
      .worker = "t",
      .tasks = {
          {.name = "add",
           .inputs = {JsonPort("a", kInt), JsonPort("b", kInt)},
           .outputs = {JsonPort("value", kInt)}},
          {.name = "less",
           .inputs = {JsonPort("a", kFloat), JsonPort("b", kFloat)},
           .outputs = {JsonPort("value", kBool)}},
          {.name = "half",
           .inputs = {JsonPort("x", kFloat)},
           .outputs = {JsonPort("value", kFloat)}},
          {.name = "upper", .inputs = {JsonPort("s", kStr)}, .outputs = {JsonPort("value", kStr)}},
          {.name = "total",
           .inputs = {JsonPort("values", ListOf(kInt))},
           .outputs = {JsonPort("value", kInt)}},
          {.name = "head",
           .inputs = {JsonPort("v", ListOf(kT))},
           .outputs = {JsonPort("head", kT), JsonPort("rest", ListOf(kT))}},
          {.name = "append",
           .inputs = {JsonPort("v", ListOf(kT)), JsonPort("a", kT)},
           .outputs = {JsonPort("value", ListOf(kT))}},
          {.name = "pair",
           .inputs = {JsonPort("a", kT), JsonPort("b", kU)},
           .outputs = {JsonPort("value", TupleOf({kT, kU}))}},
          {.name = "id", .inputs = {{.name = "value", .type = kT}}, .outputs = {{"value", kT}}},
          {.name = "array", .outputs = {{.name = "value", .type = kArray, .formats = {kNpy}}}},
          {.name = "mean",
           .inputs = {{.name = "a", .type = kArray, .formats = {kNpy}}},
           .outputs = {JsonPort("value", kFloat)}},
          {.name = "mystery", .outputs = {{.name = "value"}}},
          {.name = "tell", .inputs = {{.name = "x", .type = kNone}}, .outputs = {{"value", kNone}}},
      }};
  return kCatalog;
}

inline const TaskSpec* FindKitTask(std::string_view worker, std::string_view task) {
  return worker == "t" ? KitCatalog().Find(task) : nullptr;
}

// Knows the tasks above; the builtins are known to be there, but not with what ports.
inline CheckOptions KitOptions() { return {.find_task = FindKitTask, .allow_unknown_tasks = true}; }

inline std::vector<std::string> MessagesOf(const Graph& graph,
                                           const CheckOptions& options = KitOptions()) {
  std::vector<std::string> messages;
  for (const Problem& problem : CheckGraph(graph, options)) messages.push_back(problem.message);
  return messages;
}

// Returns the type at a port, from the problem at a call of `tell`; or the other problems.
inline std::string TypeAt(std::vector<Node> nodes, PortRef port,
                          const CheckOptions& options = KitOptions()) {
  nodes.push_back(Call("t.tell", {{"x", std::move(port)}}));
  nodes.push_back(Output({}));
  const std::vector<Problem> problems = CheckGraph({.nodes = std::move(nodes)}, options);
  if (problems.empty()) return "unknown";
  return problems[0].expected == "none" ? problems[0].found : problems[0].message;
}

// x -> value: x + 1
inline Graph Increment() {
  return {.nodes = {Input("x"), Const("1"), Call("t.add", {{"a", {0, "x"}}, {"b", {1, "value"}}}),
                    Output({{"value", {2, "value"}}})}};
}

}  // namespace orrery::graph
