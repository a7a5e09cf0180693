#include "controller/engine/workflow/evaluation.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/status_macros.h"
#include "fmt/format.h"
#include "graph/builtins/builtin.h"
#include "graph/builtins/elements.h"
#include "graph/value_codec.h"

namespace orrery::engine {
namespace {

using Arguments = std::vector<std::optional<graph::Datum>>;

absl::Status AtInput(std::string_view name, const absl::Status& status) {
  return {status.code(), fmt::format("input \"{}\": {}", name, std::string(status.message()))};
}

// Returns the arguments in the order of the builtin's inputs; nothing where absent, or where bytes
// are missing.
absl::StatusOr<Arguments> ReadArguments(const Frame& frame, NodeIndex node,
                                        const graph::Builtin& builtin, InputReader& reader) {
  const auto wires = frame.graph().wires(node);
  Arguments arguments(builtin.spec.inputs.size());
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const graph::PortSpec& port = builtin.spec.inputs[i];
    const auto wire = std::ranges::find_if(wires, [&](const CompiledGraph::Wire& each) {
      return frame.graph().name(each.name) == port.name;
    });
    const graph::ValuePtr value = wire == wires.end() ? nullptr : frame.values[wire->source];
    if (value == nullptr) {
      if (!port.is_required) continue;
      return absl::InvalidArgumentError(fmt::format("input \"{}\" is absent", port.name));
    }
    absl::StatusOr<std::optional<graph::Datum>> datum = reader.Decode(*value);
    if (!datum.ok()) return AtInput(port.name, datum.status());
    arguments[i] = *std::move(datum);
  }
  return arguments;
}

absl::StatusOr<Evaluation> Call(const graph::Builtin& builtin, const Arguments& arguments) {
  std::vector<const graph::Datum*> given;
  given.reserve(arguments.size());
  for (const std::optional<graph::Datum>& argument : arguments) {
    given.push_back(argument.has_value() ? &*argument : nullptr);
  }
  if (builtin.kind == graph::BuiltinKind::kSleep) {
    ASSIGN_OR_RETURN(const absl::Duration duration, graph::SleepDurationOf(given));
    return OutsideOutcome(duration);
  }
  if (builtin.kind == graph::BuiltinKind::kRandomInteger) {
    ASSIGN_OR_RETURN(const graph::RandomRange range, graph::RandomRangeOf(given));
    return OutsideOutcome(range);
  }
  graph::BuiltinResult made = builtin.call(given);
  if (!made.ok()) return made.status();
  NodeResult result;
  for (std::size_t i = 0; i < made->size(); ++i) {
    result.outputs.push_back({builtin.spec.outputs[i].name, std::make_shared<const graph::Value>(
                                                                graph::EncodeValue((*made)[i]))});
  }
  return result;
}

absl::StatusOr<Evaluation> EvaluateBuiltin(const Frame& frame, NodeIndex node,
                                           InputReader& reader) {
  const graph::Builtin* builtin = frame.graph().builtin(node);
  if (builtin == nullptr) return absl::InvalidArgumentError("there is no such builtin");
  ASSIGN_OR_RETURN(const Arguments arguments, ReadArguments(frame, node, *builtin, reader));
  if (reader.is_missing_bytes()) return reader.missing();
  return Call(*builtin, arguments);
}

absl::StatusOr<Evaluation> EvaluateFold(const Frame& frame, NodeIndex node, InputReader& reader) {
  const auto wires = frame.graph().wires(node);
  if (wires.empty()) return absl::InvalidArgumentError("input \"values_glob\" is absent");
  const auto found = frame.elements.find(wires[0].source);
  if (found == frame.elements.end()) {
    return absl::InvalidArgumentError(
        fmt::format("port \"values_glob\" is given the one value of port \"{}\"; it needs the "
                    "elements of a port * or x-*",
                    frame.graph().port_name(wires[0].source)));
  }
  const ElementList& list = *found->second;
  std::vector<graph::ValuePtr> elements;
  elements.reserve(list.size());
  for (std::size_t i = 0; i < list.size(); ++i) {
    absl::StatusOr<graph::ValuePtr> element = reader.Inline(list.Get(i));
    if (!element.ok()) {
      return absl::Status(
          element.status().code(),
          fmt::format("element {}: {}", i, std::string(element.status().message())));
    }
    elements.push_back(*std::move(element));
  }
  if (reader.is_missing_bytes()) return reader.missing();
  ASSIGN_OR_RETURN(graph::Value value, graph::FoldList(elements));
  return NodeResult{.outputs = {{std::string(graph::kValuePort),
                                 std::make_shared<const graph::Value>(std::move(value))}},
                    .elements = {}};
}

absl::StatusOr<Evaluation> EvaluateUnfold(const Frame& frame, NodeIndex node, InputReader& reader) {
  const std::vector<graph::ValuePtr> inputs = frame.InputsOf(node);
  ASSIGN_OR_RETURN(const graph::ValuePtr list,
                   reader.Inline(inputs.empty() ? nullptr : inputs.front()));
  if (reader.is_missing_bytes()) return reader.missing();
  ASSIGN_OR_RETURN(std::vector<graph::Value> values, graph::UnfoldList(*list));
  auto elements = std::make_shared<ElementList>();
  for (graph::Value& value : values) {
    elements->Append(std::make_shared<const graph::Value>(std::move(value)));
  }
  return NodeResult{.outputs = {},
                    .elements = {{std::string(graph::kMappedPort), std::move(elements)}}};
}

}  // namespace

absl::StatusOr<Evaluation> Evaluate(const Frame& frame, NodeIndex node, const LoadedBytes* loaded) {
  InputReader reader(loaded);
  switch (frame.graph().op(node)) {
    case NodeOp::kFold:
      return EvaluateFold(frame, node, reader);
    case NodeOp::kUnfold:
      return EvaluateUnfold(frame, node, reader);
    default:
      CHECK(frame.graph().op(node) == NodeOp::kBuiltin);
      return EvaluateBuiltin(frame, node, reader);
  }
}

}  // namespace orrery::engine
