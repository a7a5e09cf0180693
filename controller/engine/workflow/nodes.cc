// What starting a node of each kind does. Its inputs are there.
#include <algorithm>
#include <utility>

#include "base/check.h"
#include "controller/engine/workflow/value_reader.h"
#include "controller/engine/workflow/workflow.h"
#include "fmt/format.h"
#include "graph/builtins/builtin.h"
#include "graph/builtins/elements.h"
#include "graph/value_codec.h"
#include "model/outcome.h"

namespace orrery::engine {
void Workflow::StartNode(NodeRef node, Turn& turn) {
  const Frame& frame = frames_[node.frame];
  const CompiledGraph& graph = frame.graph();
  const NodeOp kind = graph.op(node.node);
  if (!frame.elements.empty() && kind != NodeOp::kMap && kind != NodeOp::kFold) {
    for (const CompiledGraph::Wire& wire : graph.wires(node.node)) {
      if (!frame.elements.contains(wire.source)) continue;
      FailDerived(node,
                  fmt::format("port \"{}\" is given the elements of port \"{}\"; only maps and "
                              "builtins.fold_values take elements",
                              graph.name(wire.name), graph.port_name(wire.source)),
                  turn);
      return;
    }
  }
  // A task is started when a worker has it; a node that had to wait for bytes has been shown.
  if (kind != NodeOp::kTask && !loading_.contains(node)) ShowStarted(node, turn);
  switch (kind) {
    case NodeOp::kInput:
      return StartInput(node, turn);
    case NodeOp::kConst:
      return Deliver(node, {{std::string(graph::kValuePort), graph.constant(node.node)}}, {}, turn);
    case NodeOp::kOutput:
      return FinishGraph(node, turn);
    case NodeOp::kTask:
      SetState(node, NodeState::kReady);
      turn.ready.push_back(node);
      return;
    case NodeOp::kBuiltin:
      return StartBuiltin(node, turn);
    case NodeOp::kFold:
      return StartFold(node, turn);
    case NodeOp::kUnfold:
      return StartUnfold(node, turn);
    case NodeOp::kEval:
      return StartEval(node, turn);
    case NodeOp::kLoop:
      return StartLoop(node, turn);
    case NodeOp::kMap:
      return StartMap(node, turn);
    case NodeOp::kIfElse:
    case NodeOp::kEagerIfElse:
      return StartIfElse(node, turn);
  }
}

void Workflow::StartInput(NodeRef node, Turn& turn) {
  const Frame& frame = frames_[node.frame];
  if (turn.settings.shows_nodes) {
    model::Outputs outputs;
    for (const PortIndex port : frame.graph().outputs(node.node)) {
      if (frame.values[port] == nullptr) continue;
      outputs.push_back({std::string(frame.graph().port_name(port)), frame.values[port]});
    }
    ShowSettled(node, outputs, {}, turn);
  }
  End(node);
}

std::optional<std::vector<std::optional<graph::Datum>>> Workflow::ArgumentsOf(
    NodeRef node, const graph::Builtin& builtin, Turn& turn) {
  const Frame& frame = frames_[node.frame];
  const auto wires = frame.graph().wires(node.node);
  Reader reader(*this, node);
  std::vector<std::optional<graph::Datum>> arguments(builtin.spec.inputs.size());
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const graph::PortSpec& port = builtin.spec.inputs[i];
    const auto wire = std::ranges::find_if(wires, [&](const CompiledGraph::Wire& each) {
      return frame.graph().name(each.name) == port.name;
    });
    const graph::ValuePtr value = wire == wires.end() ? nullptr : frame.values[wire->source];
    if (value == nullptr) {
      if (!port.is_required) continue;
      FailDerived(node, fmt::format("input \"{}\" is absent", port.name), turn);
      return std::nullopt;
    }
    absl::StatusOr<std::optional<graph::Datum>> datum = reader.Decode(*value);
    if (!datum.ok()) {
      FailDerived(node,
                  fmt::format("input \"{}\": {}", port.name, std::string(datum.status().message())),
                  turn);
      return std::nullopt;
    }
    arguments[i] = *std::move(datum);
  }
  if (reader.RequestMissing(turn)) return std::nullopt;
  return arguments;
}

void Workflow::StartBuiltin(NodeRef node, Turn& turn) {
  const graph::Builtin* builtin = frames_[node.frame].graph().builtin(node.node);
  if (builtin == nullptr) {
    FailDerived(node, "there is no such builtin", turn);
    return;
  }
  CallBuiltin(node, *builtin, turn);
}

void Workflow::CallBuiltin(NodeRef node, const graph::Builtin& builtin, Turn& turn) {
  const auto arguments = ArgumentsOf(node, builtin, turn);
  if (!arguments.has_value()) return;
  std::vector<const graph::Datum*> given;
  given.reserve(arguments->size());
  for (const std::optional<graph::Datum>& argument : *arguments) {
    given.push_back(argument.has_value() ? &*argument : nullptr);
  }
  const auto fail = [&](const absl::Status& status) {
    FailDerived(node, std::string(status.message()), turn);
  };
  if (builtin.kind == graph::BuiltinKind::kSleep) {
    const absl::StatusOr<absl::Duration> duration = graph::SleepDurationOf(given);
    return duration.ok() ? WaitFor(node, *duration, turn) : fail(duration.status());
  }
  if (builtin.kind == graph::BuiltinKind::kRandomInteger) {
    const absl::StatusOr<graph::RandomRange> range = graph::RandomRangeOf(given);
    return range.ok() ? WaitFor(node, *range, turn) : fail(range.status());
  }
  graph::BuiltinResult made = builtin.call(given);
  if (!made.ok()) return fail(made.status());
  NodeResult result;
  for (std::size_t i = 0; i < made->size(); ++i) {
    result.outputs.push_back({builtin.spec.outputs[i].name, std::make_shared<const graph::Value>(
                                                                graph::EncodeValue((*made)[i]))});
  }
  Complete(node, std::move(result), turn);
}

void Workflow::StartFold(NodeRef node, Turn& turn) {
  const Frame& frame = frames_[node.frame];
  const auto wires = frame.graph().wires(node.node);
  if (wires.empty()) return FailDerived(node, "input \"values_glob\" is absent", turn);
  const auto found = frame.elements.find(wires[0].source);
  if (found == frame.elements.end()) {
    return FailDerived(
        node,
        fmt::format("port \"values_glob\" is given the one value of port \"{}\"; it needs the "
                    "elements of a port * or x-*",
                    frame.graph().port_name(wires[0].source)),
        turn);
  }
  const ElementListPtr list = found->second;
  Reader reader(*this, node);
  std::vector<graph::ValuePtr> elements;
  elements.reserve(list->size());
  for (std::size_t i = 0; i < list->size(); ++i) {
    absl::StatusOr<graph::ValuePtr> element = reader.Inline(list->Get(i));
    if (!element.ok()) {
      return FailDerived(
          node, fmt::format("element {}: {}", i, std::string(element.status().message())), turn);
    }
    elements.push_back(*std::move(element));
  }
  if (reader.RequestMissing(turn)) return;
  absl::StatusOr<graph::Value> value = graph::FoldList(elements);
  if (!value.ok()) return FailDerived(node, std::string(value.status().message()), turn);
  Complete(node,
           {.outputs = {{std::string(graph::kValuePort),
                         std::make_shared<const graph::Value>(*std::move(value))}},
            .elements = {}},
           turn);
}

void Workflow::StartUnfold(NodeRef node, Turn& turn) {
  const std::vector<graph::ValuePtr> inputs = InputsOf(node);
  Reader reader(*this, node);
  const absl::StatusOr<graph::ValuePtr> list =
      reader.Inline(inputs.empty() ? nullptr : inputs.front());
  if (!list.ok()) return FailDerived(node, std::string(list.status().message()), turn);
  if (reader.RequestMissing(turn)) return;
  absl::StatusOr<std::vector<graph::Value>> values = graph::UnfoldList(**list);
  if (!values.ok()) return FailDerived(node, std::string(values.status().message()), turn);
  auto elements = std::make_shared<ElementList>();
  for (graph::Value& value : *values) {
    elements->Append(std::make_shared<const graph::Value>(std::move(value)));
  }
  Complete(node, {.outputs = {}, .elements = {{"*", std::move(elements)}}}, turn);
}

void Workflow::StartEval(NodeRef node, Turn& turn) {
  std::optional<Body> body = BodyOf(node, turn);
  if (!body.has_value()) return;
  const CompiledGraph& graph = frames_[node.frame].graph();
  model::Outputs inputs = NamedInputs(node);
  const auto ports = graph.outputs(node.node);
  const bool wants_body = graph.FindOutput(node.node, graph::kBodyPort) != kNoPort;
  if (wants_body && ports.size() > 1) {
    return FailDerived(node,
                       "both the graph with its inputs fixed (port \"body\") and its outputs are "
                       "used; evaluate it twice",
                       turn);
  }
  if (wants_body) {
    return Complete(
        node,
        {.outputs = {{std::string(graph::kBodyPort), FixInputs(body->graph->graph(), inputs)}},
         .elements = {}},
        turn);
  }
  SetState(node, NodeState::kUnfolded);
  OpenFrame(*std::move(body), node, {graph::StepKind::kNode, node.node}, inputs, turn);
}

absl::StatusOr<PortIndex> Workflow::NextOfIfElse(NodeRef node) const {
  const Frame& frame = frames_[node.frame];
  const auto wires = frame.graph().steering(node.node);
  if (!frame.is_available(wires[0].source)) return wires[0].source;
  absl::StatusOr<bool> truth = SteeringBool(frame.values[wires[0].source], "the predicate");
  if (!truth.ok()) return truth.status();
  return wires[*truth ? 1 : 2].source;
}

void Workflow::StartIfElse(NodeRef node, Turn& turn) {
  Frame& frame = frames_[node.frame];
  const absl::StatusOr<PortIndex> branch = NextOfIfElse(node);
  if (!branch.ok()) return FailDerived(node, std::string(branch.status().message()), turn);
  if (!frame.is_available(*branch)) {
    frame.missing[node.node] = kBranchMissing;
    Demand({node.frame, static_cast<NodeIndex>(frame.graph().producer(*branch))});
    return;
  }
  model::Outputs outputs;
  if (frame.values[*branch] != nullptr) {
    outputs.push_back({std::string(graph::kValuePort), frame.values[*branch]});
  }
  Deliver(node, outputs, {}, turn);
}

}  // namespace orrery::engine
