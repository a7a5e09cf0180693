#include "controller/engine/workflow/loop_runner.h"

#include <algorithm>
#include <string_view>
#include <variant>

#include "base/check.h"
#include "controller/engine/workflow/steering.h"
#include "fmt/format.h"
#include "graph/graph.h"

namespace orrery::engine {
namespace {

const graph::LoopNode& DefinitionOf(const CompiledGraph& graph, NodeIndex node) {
  return std::get<graph::LoopNode>(graph.graph().nodes[node].kind);
}

}  // namespace

bool LoopRunner::HasTrace(NodeRef node) const {
  return !DefinitionOf(frames_[node.frame].graph(), node.node).name.empty();
}

const LoopRunner::Iteration& LoopRunner::Begin(NodeRef node, Body body) {
  const Frame& frame = frames_[node.frame];
  if (const std::string& name = DefinitionOf(frame.graph(), node.node).name; !name.empty()) {
    TraceLog trace{.name = name, .iterations = 0, .outputs = {}};
    for (const std::string_view output : body.graph->OutputNames()) {
      trace.outputs.emplace_back(std::string(output), ElementList());
    }
    traces_.insert_or_assign(frames_.LocationOf(node), std::move(trace));
  }
  Iteration& first = loops_[node];
  first = {.number = 0, .body = std::move(body), .inputs = frame.NamedInputsOf(node.node)};
  return first;
}

absl::StatusOr<const LoopRunner::Iteration*> LoopRunner::FinishIteration(
    NodeRef node, const model::Outputs& outputs) {
  const auto loop = loops_.find(node);
  CHECK(loop != loops_.end());
  Iteration& iteration = loop->second;
  const graph::LoopNode& definition = DefinitionOf(frames_[node.frame].graph(), node.node);
  if (!definition.name.empty()) {
    TraceLog& trace = traces_.at(frames_.LocationOf(node));
    ++trace.iterations;
    for (auto& [name, values] : trace.outputs) values.Append(model::FindOutput(outputs, name));
  }
  const auto continues = ReadBool(model::FindOutput(outputs, definition.continue_port));
  if (!continues.ok()) {
    const std::int64_t number = iteration.number;
    loops_.erase(loop);
    return absl::InvalidArgumentError(fmt::format("output \"{}\" of iteration {} {}",
                                                  definition.continue_port, number,
                                                  std::string(continues.status().message())));
  }
  if (!*continues) {
    loops_.erase(loop);
    return nullptr;
  }
  // Inputs that the body does not output are carried unchanged.
  for (const graph::NamedValue& output : outputs) {
    const auto input = std::ranges::find(iteration.inputs, output.name, &graph::NamedValue::name);
    if (input == iteration.inputs.end()) {
      iteration.inputs.push_back(output);
    } else {
      input->value = output.value;
    }
  }
  ++iteration.number;
  return &iteration;
}

void LoopRunner::AppendState(FrameIndex frame, std::string& out) const {
  for (auto loop = loops_.lower_bound({frame, 0});
       loop != loops_.end() && loop->first.frame == frame; ++loop) {
    out += fmt::format("loop {} iteration {}\n", loop->first.node, loop->second.number);
  }
}

}  // namespace orrery::engine
