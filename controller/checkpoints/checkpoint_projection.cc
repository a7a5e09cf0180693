#include "controller/checkpoints/checkpoint_projection.h"

#include <algorithm>
#include <memory>
#include <string_view>
#include <utility>
#include <variant>

#include "fmt/format.h"
#include "graph/datum.h"
#include "graph/graph_data.h"
#include "graph/json.h"
#include "graph/task.h"
#include "model/outcome.h"
#include "model/workflow.h"

namespace orrery::checkpoints {
namespace {

// Approximate memory of a queued event without its values, and of an element in a packed list.
constexpr std::size_t kEventBytes = 512;
constexpr std::size_t kElementBytes = 32;
// The most outputs in one item, so that the files of other workflows need not wait for thousands.
constexpr std::size_t kOutputsPerItem = 64;

std::string PathOf(const Uuid& workflow, const graph::Location& location, std::string_view port) {
  return fmt::format("{}/{}/outputs/{}", workflow.ToString(), LocationDirectoryName(location),
                     port);
}

graph::Location FrameOf(graph::Location node) {
  node.steps.pop_back();
  return node;
}

bool IsGraphInstance(engine::NodeOp op) {
  return op == engine::NodeOp::kEval || op == engine::NodeOp::kLoop || op == engine::NodeOp::kMap;
}

// The root frame is shown as an eval of the workflow's inputs.
std::string RootNodeDef(const model::Outputs& inputs) {
  graph::Graph root;
  root.nodes.emplace_back();
  root.nodes[0].kind = graph::EvalNode{.graph = {graph::kOutside, std::string(graph::kBodyPort)}};
  for (const graph::NamedValue& input : inputs) {
    if (input.name == graph::kBodyPort) continue;
    root.nodes[0].inputs.push_back({input.name, {graph::kOutside, input.name}});
  }
  return graph::WriteNodeDef(root.nodes[0], {});
}

std::vector<CheckpointItem> Items(const engine::WorkflowStarted& event) {
  return {CheckpointWorkflow{.workflow = event.id, .name = event.name, .started_at = event.at}};
}

// A later iteration gets the outputs of the previous one; other inputs come from outside, as all
// inputs of the first iteration do.
std::vector<graph::NodeInput> IterationInputs(const std::vector<graph::NodeInput>& loop_inputs,
                                              const engine::CompiledGraph& body, bool is_first) {
  std::vector<graph::NodeInput> inputs;
  if (is_first) {
    const std::string name(graph::kBodyPort);
    inputs.push_back({name, {graph::kOutside, name}});
  } else {
    inputs = body.graph().nodes[body.output_node()].inputs;
  }
  for (const graph::NodeInput& carried : loop_inputs) {
    if (std::ranges::find(inputs, carried.name, &graph::NodeInput::name) == inputs.end()) {
      inputs.push_back({carried.name, {graph::kOutside, carried.name}});
    }
  }
  return inputs;
}

graph::Consumers ConsumersOf(const engine::CompiledGraph& graph, engine::NodeIndex node) {
  graph::Consumers consumers;
  for (const auto& [port, last_reader] : graph.reads(node)) {
    consumers.emplace_back(std::string(graph.port_name(port)), last_reader);
  }
  return consumers;
}

// An iteration or element is shown as an eval of the body, with the inputs from the loop or map.
std::string InstanceNodeDef(const engine::FrameOpened& event) {
  graph::Node node = event.parent->graph().nodes[event.parent_node];
  node.kind = graph::EvalNode{.graph = {graph::kOutside, std::string(graph::kBodyPort)}};
  const graph::LocationStep& step = event.location.steps.back();
  if (step.kind == graph::StepKind::kIteration) {
    node.inputs = IterationInputs(node.inputs, *event.graph, /*is_first=*/step.index == 0);
  }
  return graph::WriteNodeDef(node, ConsumersOf(*event.parent, event.parent_node));
}

std::vector<CheckpointItem> Items(const engine::FrameOpened& event) {
  CheckpointEntry inputs;
  inputs.workflow = event.workflow;
  inputs.location = event.location.Child(graph::StepKind::kNode, graph::kOutside);
  inputs.kind = CheckpointKind::kInputs;
  inputs.outputs = event.inputs;
  std::erase_if(inputs.outputs, [](const auto& input) { return input.value == nullptr; });

  const bool is_root = event.location.steps.empty();
  if (is_root && std::ranges::none_of(inputs.outputs, [](const graph::NamedValue& input) {
        return input.name == graph::kBodyPort;
      })) {
    inputs.outputs.push_back(
        {std::string(graph::kBodyPort),
         std::make_shared<const graph::Value>(graph::JsonValue(
             graph::WriteGraphData(event.graph->graph()), std::string(graph::kGraphTypeName)))});
  }
  if (!is_root && event.location.steps.back().kind == graph::StepKind::kNode) {
    return {std::move(inputs)};  // The eval itself is already shown as started.
  }
  CheckpointEntry instance;
  instance.workflow = event.workflow;
  instance.location = event.location;
  instance.kind = CheckpointKind::kStarted;
  instance.nodedef = is_root ? RootNodeDef(event.inputs) : InstanceNodeDef(event);
  instance.is_graph_instance = true;
  const bool is_first_iteration =
      !is_root &&
      event.location.steps.back() == graph::LocationStep{graph::StepKind::kIteration, 0};
  if (!is_first_iteration) return {std::move(inputs), std::move(instance)};
  // The inputs of the first iteration are the inputs of the loop.
  CheckpointEntry loop = inputs;
  loop.location = FrameOf(event.location).Child(graph::StepKind::kNode, graph::kOutside);
  return {std::move(loop), std::move(inputs), std::move(instance)};
}

std::vector<CheckpointItem> Items(const engine::NodeStarted& event) {
  CheckpointEntry entry;
  entry.workflow = event.workflow;
  entry.location = event.location;
  entry.kind = CheckpointKind::kStarted;
  entry.nodedef = graph::WriteNodeDef(event.graph->graph().nodes[event.node],
                                      ConsumersOf(*event.graph, event.node));
  entry.is_graph_instance = IsGraphInstance(event.graph->op(event.node));
  const graph::NodeKind& kind = event.graph->graph().nodes[event.node].kind;
  if (std::holds_alternative<graph::FunctionNode>(kind)) {
    entry.definition = CallArguments(event.workflow, event.location, *event.graph, event.node);
  }
  if (const auto* loop = std::get_if<graph::LoopNode>(&kind)) entry.loop_name = loop->name;
  return {std::move(entry)};
}

// The elements of a port are separate files: those of `*` by number, those of `x-*` as
// `x-<number>`.
void AppendElements(const std::string& port, const engine::ElementList& elements,
                    model::Outputs& out) {
  const std::string prefix = port.substr(0, port.size() - graph::kMappedPort.size());
  for (std::size_t i = 0; i < elements.size(); ++i) {
    out.push_back({fmt::format("{}{}", prefix, i), elements.Get(i)});
  }
}

// Splits an entry with many outputs: the last part marks the node as done.
std::vector<CheckpointItem> InParts(CheckpointEntry entry) {
  std::vector<CheckpointItem> parts;
  const auto end = entry.outputs.end();
  auto next = entry.outputs.begin();
  for (; static_cast<std::size_t>(end - next) > kOutputsPerItem; next += kOutputsPerItem) {
    CheckpointEntry part{
        .workflow = entry.workflow, .location = entry.location, .kind = CheckpointKind::kOutputs};
    part.outputs.assign(next, next + kOutputsPerItem);
    parts.emplace_back(std::move(part));
  }
  entry.outputs.erase(entry.outputs.begin(), next);
  parts.emplace_back(std::move(entry));
  return parts;
}

// The outputs of an element are also outputs of the map.
CheckpointEntry ElementEntry(const engine::NodeSettled& event, const model::Outputs& outputs) {
  CheckpointEntry entry;
  entry.workflow = event.workflow;
  entry.location = event.location;
  const std::int64_t element = entry.location.steps.back().index;
  entry.location.steps.pop_back();
  entry.kind = CheckpointKind::kOutputs;
  for (const graph::NamedValue& output : outputs) {
    entry.outputs.push_back({fmt::format("{}-{}", output.name, element), output.value});
  }
  return entry;
}

std::string_view OutputTitle(const model::OutputTail& output) {
  return output.is_shared ? "the worker's process wrote last:" : "it wrote last:";
}

std::vector<CheckpointItem> Items(const engine::NodeSettled& event) {
  CheckpointEntry entry;
  entry.workflow = event.workflow;
  entry.location = event.location;
  if (const auto* error = std::get_if<model::TaskError>(&event.result)) {
    entry.kind = CheckpointKind::kFailed;
    entry.error = error->message;
    entry.error_details = error->details;
    if (const std::string& output = error->output.text; !output.empty()) {
      entry.error_details += fmt::format("{}{}\n{}", error->details.empty() ? "" : "\n",
                                         OutputTitle(error->output), output);
    }
    return {std::move(entry)};
  }
  entry.kind = CheckpointKind::kDone;
  entry.outputs = std::get<model::Outputs>(event.result);
  std::erase_if(entry.outputs, [](const auto& output) { return output.value == nullptr; });
  const bool is_element = !event.location.steps.empty() &&
                          event.location.steps.back().kind == graph::StepKind::kElement;
  if (is_element) return {ElementEntry(event, entry.outputs), std::move(entry)};
  // The elements of a map were shown when they were done.
  if (event.graph->op(event.node) == engine::NodeOp::kUnfold) {
    for (const auto& [port, list] : event.elements) AppendElements(port, *list, entry.outputs);
  }
  return InParts(std::move(entry));
}

std::vector<CheckpointItem> Items(const engine::WorkflowSettled& event) {
  CheckpointEntry root;
  root.workflow = event.id;
  root.kind = CheckpointKind::kFailed;
  switch (event.status) {
    case model::WorkflowStatus::kRunning:
    case model::WorkflowStatus::kSucceeded:  // The root frame has settled as a node.
      return {};
    case model::WorkflowStatus::kFailed:
      for (const model::WorkflowFailure& failure : event.failures) {
        root.error +=
            fmt::format("{}{} {}: {}", root.error.empty() ? "" : "\n", failure.location.ToString(),
                        failure.function_name, failure.error.message);
      }
      break;
    case model::WorkflowStatus::kCancelled:
      root.error = event.reason.empty() ? "cancelled" : fmt::format("cancelled: {}", event.reason);
      break;
  }
  return {std::move(root)};
}

std::vector<CheckpointItem> Items(const engine::WorkflowRemoved& event) {
  return {CheckpointRemoval{.workflow = event.id}};
}

}  // namespace

std::string CallArguments(const Uuid& workflow, const graph::Location& location,
                          const engine::CompiledGraph& graph, engine::NodeIndex node) {
  const graph::Location frame = FrameOf(location);
  const graph::Node& definition = graph.graph().nodes[node];
  graph::Object inputs;
  for (const graph::NodeInput& input : definition.inputs) {
    const graph::Location source = frame.Child(graph::StepKind::kNode, input.source.node);
    inputs.emplace_back(input.name, PathOf(workflow, source, input.source.port));
  }
  graph::Object outputs;
  for (const engine::PortIndex port : graph.outputs(node)) {
    const std::string name(graph.port_name(port));
    outputs.emplace_back(name, PathOf(workflow, location, name));
  }
  const auto* function = std::get_if<graph::FunctionNode>(&definition.kind);
  const std::string task =
      function == nullptr ? "" : graph::SplitFunctionName(function->function_name).task;
  const std::string folder =
      fmt::format("{}/{}", workflow.ToString(), LocationDirectoryName(location));
  return graph::WriteJson(graph::Object{{"function_name", task},
                                        {"inputs", std::move(inputs)},
                                        {"outputs", std::move(outputs)},
                                        {"output_dir", folder + "/outputs"},
                                        {"done_path", folder + "/_done"},
                                        {"error_path", folder + "/_error"},
                                        {"logs_path", workflow.ToString() + "/logs"}},
                          graph::JsonStyle::kCompact);
}

const Uuid& WorkflowOf(const runtime::CheckpointEvent& event) {
  return std::visit(
      [](const auto& what) -> const Uuid& {
        if constexpr (requires { what.workflow; }) {
          return what.workflow;
        } else {
          return what.id;
        }
      },
      event);
}

std::size_t CostOf(const runtime::CheckpointEvent& event) {
  std::size_t cost = kEventBytes;
  const auto add = [&](const model::Outputs& outputs) {
    for (const graph::NamedValue& output : outputs) {
      cost += sizeof(output) + output.name.size();
      if (output.value != nullptr && output.value->is_inline()) cost += output.value->size_bytes();
    }
  };
  if (const auto* opened = std::get_if<engine::FrameOpened>(&event)) add(opened->inputs);
  if (const auto* settled = std::get_if<engine::NodeSettled>(&event)) {
    if (const auto* outputs = std::get_if<model::Outputs>(&settled->result)) add(*outputs);
    if (const auto* error = std::get_if<model::TaskError>(&settled->result)) {
      cost += error->message.size() + error->details.size() + error->output.text.size();
    }
    for (const auto& [port, list] : settled->elements) cost += list->size() * kElementBytes;
  }
  return cost;
}

std::vector<CheckpointItem> ToCheckpointItems(const runtime::CheckpointEvent& event) {
  return std::visit([](const auto& what) { return Items(what); }, event);
}

}  // namespace orrery::checkpoints
