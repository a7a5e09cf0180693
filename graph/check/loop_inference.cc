// The loops of graph/check/graph_inference.h: their types are a fixpoint.

#include <algorithm>
#include <optional>

#include "graph/check/graph_inference.h"
#include "graph/check/wording.h"
#include <fmt/format.h>

namespace orrery::graph {
namespace {

// From this iteration on an input that still changes becomes unknown,
constexpr int kWideningRound = 4;
// and from this one on every input that the body overwrites: so it ends.
constexpr int kGivingUpRound = 8;

const PortSpec& ContinuePort() {
  static const PortSpec kPort{.name = "continue",
                              .type = SimpleType(TypeKind::kBool),
                              .formats = {std::string(kMediaTypeJson)}};
  return kPort;
}

}  // namespace

const Ports* GraphInference::InferLoop(std::size_t index, const LoopNode& loop) {
  const Closure* body = FindBody(index, "body", loop.body);
  if (body == nullptr) return shared_.flows().unknown_ports();
  CheckArguments(index, *body);

  // Fixed inputs count among those that the body may overwrite.
  std::vector<PortFlow> inputs = WiredOf(index);
  for (const Ports* fixed : {body->fixed, body->definition->fixed_inputs}) {
    inputs.insert(inputs.end(), fixed->flows.begin(), fixed->flows.end());
  }
  inputs = shared_.flows().Intern(std::move(inputs))->flows;
  const Ports* outputs = nullptr;
  for (int round = 0;; ++round) {
    outputs = OutputsOf(index, body, shared_.flows().Intern(inputs));
    std::vector<PortFlow> next = NextInputs(*body, inputs, *outputs, round);
    if (next == inputs || !shared_.budget().Spend(next.size())) break;
    inputs = std::move(next);
  }
  CheckContinuePort(index, loop, *body, *outputs);
  return outputs;
}

void GraphInference::CheckContinuePort(std::size_t index, const LoopNode& loop, const Closure& body,
                                       const Ports& outputs) {
  const GraphFace& face = body.definition->face;
  const std::string& port = loop.continue_port;
  const Flow* flow = outputs.Find(port);
  if (flow == nullptr) {
    if (IsReported(index, port)) return;
    Report(index, port,
           fmt::format("its graph has no output {}, the loop's continue port{}", Quoted(port),
                       Hint("output", port,
                            std::vector<std::string>(face.outputs.begin(), face.outputs.end()))));
    return;
  }
  const std::optional<Mismatch> mismatch = FindMismatch(flow->supply, ContinuePort());
  if (mismatch.has_value()) ReportMismatch(index, port, "its graph", *mismatch);
}

std::vector<PortFlow> GraphInference::NextInputs(const Closure& body,
                                                 const std::vector<PortFlow>& inputs,
                                                 const Ports& outputs, int round) {
  FlowTable& flows = shared_.flows();
  std::vector<PortFlow> next = inputs;
  for (const auto& [port, flow] : outputs.flows) {
    if (!body.definition->face.inputs.contains(port)) continue;
    const auto end = next.begin() + static_cast<std::ptrdiff_t>(inputs.size());
    const auto input = std::ranges::lower_bound(next.begin(), end, port, {}, &PortFlow::port);
    if (input == end || input->port != port) {
      next.push_back({port, flow});
      continue;
    }
    const Flow* joined = flows.Join(input->flow, flow);
    const bool is_settled = joined == input->flow ? round < kGivingUpRound : round < kWideningRound;
    input->flow = is_settled ? joined : flows.unknown();
  }
  return flows.Intern(std::move(next))->flows;
}

}  // namespace orrery::graph
