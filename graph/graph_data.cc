#include "graph/graph_data.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "base/overload.h"
#include "base/status_macros.h"
#include "graph/constant_data.h"
#include "graph/json.h"
#include "graph/limits.h"
#include <fmt/format.h>

namespace orrery::graph {
namespace {

bool IsAbsent(const Datum* field) { return field == nullptr || field->Is<None>(); }

// Reads the fields of one object; errors name the place.
class FieldReader {
 public:
  // `where` names the object in messages; both outlive the reader.
  FieldReader(const Datum& object, std::string_view where) : object_(object), where_(where) {}

  absl::StatusOr<std::string> Text(std::string_view name) const {
    const Datum* field = object_.Find(name);
    if (field == nullptr) return Missing(name);
    const std::string* text = field->As<std::string>();
    if (text == nullptr) return Mismatch(name, "a string", *field);
    return *text;
  }

  // Returns an empty string if the field is missing or null.
  absl::StatusOr<std::string> OptionalText(std::string_view name) const {
    if (IsAbsent(object_.Find(name))) return std::string();
    return Text(name);
  }

  absl::StatusOr<PortRef> Reference(std::string_view name) const {
    const Datum* field = object_.Find(name);
    if (field == nullptr) return Missing(name);
    return ReferenceOf(name, *field);
  }

  // Returns none, without fields, if the field is missing or null.
  absl::StatusOr<const Object*> Fields(std::string_view name) const {
    static const Object kNoFields;
    const Datum* field = object_.Find(name);
    if (IsAbsent(field)) return &kNoFields;
    const Object* fields = field->As<Object>();
    if (fields == nullptr) return Mismatch(name, "an object", *field);
    return fields;
  }

  absl::StatusOr<std::vector<NodeInput>> Inputs() const {
    ASSIGN_OR_RETURN(const Object* fields, Fields("inputs"));
    if (fields->size() > kLimits.node_inputs.max) {
      return LimitExceeded(kLimits.node_inputs, fmt::format("{}: the list of inputs", where_),
                           fields->size(), kFewerInputs, absl::StatusCode::kResourceExhausted);
    }
    std::vector<NodeInput> inputs;
    for (const auto& [name, source] : *fields) {
      ASSIGN_OR_RETURN(PortRef reference, ReferenceOf("inputs." + name, source));
      inputs.push_back({name, std::move(reference)});
    }
    return inputs;
  }

  absl::Status Missing(std::string_view name) const {
    return absl::InvalidArgumentError(fmt::format("{}: field \"{}\" is missing", where_, name));
  }
  absl::Status Mismatch(std::string_view name, std::string_view wanted, const Datum& found) const {
    return absl::InvalidArgumentError(fmt::format("{}: field \"{}\": expected {}, found {}", where_,
                                                  name, wanted, found.KindName()));
  }
  absl::Status Wrong(std::string_view name, const absl::Status& why) const {
    return absl::InvalidArgumentError(
        fmt::format("{}: field \"{}\": {}", where_, name, std::string(why.message())));
  }

 private:
  absl::StatusOr<PortRef> ReferenceOf(std::string_view name, const Datum& field) const {
    static constexpr std::string_view kWanted = "a reference [node index, port]";
    const List* parts = field.As<List>();
    if (parts == nullptr || parts->size() != 2) return Mismatch(name, kWanted, field);
    const auto* node = (*parts)[0].As<std::int64_t>();
    const auto* port = (*parts)[1].As<std::string>();
    if (node == nullptr || port == nullptr) return Mismatch(name, kWanted, field);
    if (*node < kOutside || *node > std::numeric_limits<std::int32_t>::max()) {
      return absl::InvalidArgumentError(fmt::format(
          "{}: field \"{}\": {} is not a node index; the first node is 0, the outside is -1",
          where_, name, *node));
    }
    return PortRef{static_cast<std::int32_t>(*node), *port};
  }

  const Datum& object_;
  const std::string_view where_;
};

absl::StatusOr<NodeKind> ReadEval(const FieldReader& fields) {
  ASSIGN_OR_RETURN(PortRef graph, fields.Reference("graph"));
  return EvalNode{std::move(graph)};
}

absl::StatusOr<NodeKind> ReadLoop(const FieldReader& fields) {
  ASSIGN_OR_RETURN(PortRef body, fields.Reference("body"));
  ASSIGN_OR_RETURN(std::string continue_port, fields.Text("continue_port"));
  ASSIGN_OR_RETURN(std::string name, fields.OptionalText("name"));
  return LoopNode{std::move(body), std::move(continue_port), std::move(name)};
}

absl::StatusOr<NodeKind> ReadIfElse(const FieldReader& fields, bool is_eager) {
  ASSIGN_OR_RETURN(PortRef pred, fields.Reference("pred"));
  ASSIGN_OR_RETURN(PortRef if_true, fields.Reference("if_true"));
  ASSIGN_OR_RETURN(PortRef if_false, fields.Reference("if_false"));
  return IfElseNode{std::move(pred), std::move(if_true), std::move(if_false), is_eager};
}

absl::StatusOr<NodeKind> ReadKind(const Datum& node, std::string_view type,
                                  const FieldReader& fields, std::string_view where) {
  if (type == "input") {
    ASSIGN_OR_RETURN(std::string name, fields.Text("name"));
    return InputNode{std::move(name)};
  }
  if (type == "const") {
    const Datum* value = node.Find("value");
    if (value == nullptr) return fields.Missing("value");
    absl::StatusOr<Value> constant = ConstantFromDatum(*value);
    if (!constant.ok()) return fields.Wrong("value", constant.status());
    return ConstNode{*std::move(constant)};
  }
  if (type == "output") return OutputNode{};
  if (type == "function") {
    ASSIGN_OR_RETURN(std::string function_name, fields.Text("function_name"));
    FunctionNode function{.function_name = std::move(function_name), .policy = {}};
    if (const Datum* policy = node.Find("policy"); policy != nullptr) {
      absl::StatusOr<FailurePolicy> read = PolicyFromDatum(*policy);
      if (!read.ok()) return fields.Wrong("policy", read.status());
      function.policy = *std::move(read);
    }
    return function;
  }
  if (type == "eval") return ReadEval(fields);
  if (type == "loop") return ReadLoop(fields);
  if (type == "map") {
    ASSIGN_OR_RETURN(PortRef body, fields.Reference("body"));
    return MapNode{std::move(body)};
  }
  if (type == "ifelse") return ReadIfElse(fields, /*is_eager=*/false);
  if (type == "eifelse") return ReadIfElse(fields, /*is_eager=*/true);
  return absl::InvalidArgumentError(fmt::format(
      "{}: unknown type \"{}\"; the types are function, eval, loop, map, const, ifelse, eifelse, "
      "input, output",
      where, type));
}

absl::StatusOr<Node> ReadNode(const Datum& datum, std::size_t index) {
  std::string where = fmt::format("node {}", index);
  if (!datum.Is<Object>()) {
    return absl::InvalidArgumentError(
        fmt::format("{}: expected an object, found {}", where, datum.KindName()));
  }
  ASSIGN_OR_RETURN(const std::string type, FieldReader(datum, where).Text("type"));
  where += fmt::format(" ({})", type);
  const FieldReader fields(datum, where);
  ASSIGN_OR_RETURN(NodeKind kind, ReadKind(datum, type, fields, where));
  ASSIGN_OR_RETURN(std::vector<NodeInput> inputs, fields.Inputs());
  return Node{std::move(kind), std::move(inputs)};
}

absl::StatusOr<Graph> ReadGraph(const Datum& datum) {
  if (!datum.Is<Object>()) {
    return absl::InvalidArgumentError(
        fmt::format("graph: expected an object, found {}", datum.KindName()));
  }
  const FieldReader fields(datum, "graph");
  Graph graph;
  ASSIGN_OR_RETURN(graph.name, fields.OptionalText("name"));
  ASSIGN_OR_RETURN(const Object* fixed_inputs, fields.Fields("fixed_inputs"));
  for (const auto& [name, value] : *fixed_inputs) {
    absl::StatusOr<Value> constant = ConstantFromDatum(value);
    if (!constant.ok()) return fields.Wrong("fixed_inputs." + name, constant.status());
    graph.fixed_inputs[name] = *std::move(constant);
  }

  const Datum* nodes = datum.Find("nodes");
  if (IsAbsent(nodes)) return graph;
  const List* list = nodes->As<List>();
  if (list == nullptr) return fields.Mismatch("nodes", "a list", *nodes);
  RETURN_IF_ERROR(CheckLimit(kLimits.graph_nodes, "graph: the list of nodes", list->size(),
                             kFewerNodes, absl::StatusCode::kResourceExhausted));
  for (std::size_t i = 0; i < list->size(); ++i) {
    ASSIGN_OR_RETURN(Node node, ReadNode((*list)[i], i));
    graph.nodes.push_back(std::move(node));
  }
  return graph;
}

// Calls visit(source, consumer) for every edge that counts, in node order.
template <class Visit>
void ForEachWire(const Graph& graph, const Visit& visit) {
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    for (const NodeInput& input : graph.nodes[i].inputs) visit(input.source, i);
    if (const auto* choice = std::get_if<IfElseNode>(&graph.nodes[i].kind)) {
      for (const PortRef* source : {&choice->pred, &choice->if_true, &choice->if_false}) {
        visit(*source, i);
      }
    }
  }
}

Datum ReferenceDatum(const PortRef& reference) { return List{reference.node, reference.port}; }

// Returns the fields in Tierkreis's order, which depends on the kind.
Object NodeObject(const Node& node, const Consumers& consumers) {
  Object inputs;
  for (const auto& [name, source] : node.inputs) inputs.emplace_back(name, ReferenceDatum(source));
  Object outputs;
  for (const auto& [port, consumer] : consumers) outputs.emplace_back(port, consumer);
  const Field type{"type", KindName(node.kind)};
  const Field in{"inputs", std::move(inputs)};
  const Field out{"outputs", std::move(outputs)};
  return std::visit(Overload{
                        [&](const InputNode& input) {
                          return Object{{"name", input.name}, out, in, type};
                        },
                        [&](const ConstNode& constant) {
                          return Object{{"value", ConstantToDatum(constant.value)}, out, in, type};
                        },
                        [&](const OutputNode&) {
                          return Object{in, out, type};
                        },
                        [&](const FunctionNode& function) {
                          Object object{{"function_name", function.function_name}, in, out, type};
                          if (!function.policy.is_empty()) {
                            object.emplace_back("policy", PolicyToObject(function.policy));
                          }
                          return object;
                        },
                        [&](const EvalNode& eval) {
                          return Object{{"graph", ReferenceDatum(eval.graph)}, in, out, type};
                        },
                        [&](const LoopNode& loop) {
                          Datum name = loop.name.empty() ? Datum() : Datum(loop.name);
                          return Object{{"body", ReferenceDatum(loop.body)},
                                        in,
                                        {"continue_port", loop.continue_port},
                                        out,
                                        type,
                                        {"name", std::move(name)}};
                        },
                        [&](const MapNode& map) {
                          return Object{{"body", ReferenceDatum(map.body)}, in, out, type};
                        },
                        [&](const IfElseNode& choice) {
                          return Object{{"pred", ReferenceDatum(choice.pred)},
                                        {"if_true", ReferenceDatum(choice.if_true)},
                                        {"if_false", ReferenceDatum(choice.if_false)},
                                        out,
                                        in,
                                        type};
                        },
                    },
                    node.kind);
}

// Returns the named loops.
Object NamedNodes(const Graph& graph) {
  Object named;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const auto* loop = std::get_if<LoopNode>(&graph.nodes[i].kind);
    if (loop != nullptr && !loop->name.empty()) named.emplace_back(loop->name, i);
  }
  return named;
}

}  // namespace

absl::StatusOr<Graph> ParseGraphData(std::string_view json) {
  ASSIGN_OR_RETURN(const Datum datum, ParseJson(json));
  return ReadGraph(datum);
}

std::vector<Consumers> ConsumersOf(const Graph& graph) {
  std::vector<Consumers> consumers(graph.nodes.size());
  // Lookup only: where the entry of a port is.
  absl::flat_hash_map<std::pair<std::size_t, std::string_view>, std::size_t> places;
  ForEachWire(graph, [&](const PortRef& source, std::size_t consumer) {
    if (source.node < 0 || static_cast<std::size_t>(source.node) >= consumers.size()) return;
    const auto node = static_cast<std::size_t>(source.node);
    const auto [place, is_new] =
        places.emplace(std::pair(node, std::string_view(source.port)), consumers[node].size());
    if (is_new) consumers[node].emplace_back(source.port, consumer);
    consumers[node][place->second].second = consumer;
  });
  return consumers;
}

std::string WriteGraphData(const Graph& graph) {
  const std::vector<Consumers> consumers = ConsumersOf(graph);
  List nodes;
  Datum output_index;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    nodes.emplace_back(NodeObject(graph.nodes[i], consumers[i]));
    if (std::holds_alternative<OutputNode>(graph.nodes[i].kind)) output_index = i;
  }
  Object fixed_inputs;
  for (const auto& [name, value] : graph.fixed_inputs) {
    fixed_inputs.emplace_back(name, ConstantToDatum(value));
  }
  List graph_inputs;
  for (std::string& name : InputNames(graph)) graph_inputs.emplace_back(std::move(name));

  Object object;
  if (!graph.name.empty()) object.emplace_back("name", graph.name);
  object.emplace_back("nodes", std::move(nodes));
  object.emplace_back("fixed_inputs", std::move(fixed_inputs));
  object.emplace_back("graph_inputs", std::move(graph_inputs));
  object.emplace_back("graph_output_idx", std::move(output_index));
  object.emplace_back("named_nodes", NamedNodes(graph));
  return WriteJson(object);
}

std::string WriteNodeDef(const Node& node, const Consumers& consumers) {
  return WriteJson(NodeObject(node, consumers), JsonStyle::kCompact);
}

}  // namespace orrery::graph
