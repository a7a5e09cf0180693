#include "graph/check/graph_inference.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "base/name_index.h"
#include "base/overload.h"
#include "base/shown_text.h"
#include "graph/check/integer_results.h"
#include "graph/check/wording.h"
#include <fmt/format.h>

namespace orrery::graph {
namespace {

const PortSpec& BoolPort() {
  static const PortSpec kPort{.name = "pred",
                              .type = SimpleType(TypeKind::kBool),
                              .formats = {std::string(kMediaTypeJson)}};
  return kPort;
}

// From this iteration on, an input that still changes becomes unknown.
constexpr int kWideningRound = 4;
// From this iteration on, every input that the body overwrites becomes unknown, so that the
// inference ends.
constexpr int kGivingUpRound = 8;

const PortSpec& ContinuePort() {
  static const PortSpec kPort{.name = "continue",
                              .type = SimpleType(TypeKind::kBool),
                              .formats = {std::string(kMediaTypeJson)}};
  return kPort;
}

// Returns true if a value of this type can be read as a graph.
bool MayBeGraph(const Type& type) {
  switch (type.kind) {
    case TypeKind::kUnknown:
    case TypeKind::kGraph:
    case TypeKind::kBytes:
    case TypeKind::kMap:
    case TypeKind::kStruct:
    case TypeKind::kOpaque:
      return true;
    case TypeKind::kUnion:
      return std::ranges::any_of(type.arguments, MayBeGraph);
    default:
      return false;
  }
}

const Ports* InputsOf(FlowTable& flows, const GraphRun& run) {
  const GraphDefinition& definition = *run.closure->definition;
  std::vector<PortFlow> inputs;
  for (const std::string& name : definition.face.inputs) {
    const Flow* flow = run.arguments->Find(name);
    if (flow == nullptr) flow = run.closure->fixed->Find(name);
    if (flow == nullptr) flow = definition.fixed_inputs->Find(name);
    inputs.push_back({name, flow == nullptr ? flows.unknown() : flow});
  }
  return flows.Intern(std::move(inputs));
}

}  // namespace

GraphInference::GraphInference(Inference& shared, const GraphRun& run)
    : shared_(shared),
      run_(run),
      definition_(*run.closure->definition),
      graph_(*definition_.graph),
      self_(shared.flows().Intern(
          {.supply = {SimpleType(TypeKind::kGraph), {std::string(kMediaTypeJson)}},
           .graph = run.closure})),
      inputs_(InputsOf(shared.flows(), run)) {}

const Ports* GraphInference::Run() {
  const Ports* outputs = nullptr;
  ports_.reserve(graph_.nodes.size());
  for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
    const Node& node = graph_.nodes[i];
    shared_.budget().Spend(1 + node.inputs.size());
    if (shared_.is_over()) return shared_.UntypedOutputsOf(*run_.closure->definition);
    ForEachReference(
        node, [&](std::string_view role, const PortRef& source) { CheckSource(i, role, source); });
    ports_.push_back(InferNode(i));
    if (outputs == nullptr && std::holds_alternative<OutputNode>(node.kind)) {
      outputs = shared_.flows().Intern(WiredOf(i));
    }
  }
  return outputs == nullptr ? shared_.flows().no_ports() : outputs;
}

const Ports* GraphInference::InferNode(std::size_t index) {
  FlowTable& flows = shared_.flows();
  return std::visit(
      Overload{
          [&](const InputNode& input) {
            const Flow* flow = inputs_->Find(input.name);
            return flows.Intern(std::vector<PortFlow>{{input.name, flow}});
          },
          [&](const ConstNode&) { return definition_.constants[index]; },
          [&](const OutputNode&) { return flows.no_ports(); },
          [&](const FunctionNode& function) { return InferFunction(index, function); },
          [&](const EvalNode& eval) { return InferEval(index, eval); },
          [&](const LoopNode& loop) { return InferLoop(index, loop); },
          [&](const MapNode& map) { return InferMap(index, map); },
          [&](const IfElseNode& choice) { return InferIfElse(index, choice); },
      },
      graph_.nodes[index].kind);
}

const Ports* GraphInference::InferFunction(std::size_t index, const FunctionNode& function) {
  const TaskSpec* task = shared_.tasks().FindTypes(function.function_name);
  if (task == nullptr) return shared_.flows().unknown_ports();
  std::vector<PortFlow> wired = WiredOf(index);
  const NameIndex ports(task->inputs);
  for (const auto& [name, flow] : wired) {
    if (flow->input == nullptr) continue;
    if (const PortSpec* port = ports.Find(name)) RecordUse(index, *flow, *port);
  }
  const Ports* arguments = shared_.flows().Intern(std::move(wired));
  const CallTypes& call = shared_.calls().Find(*task, arguments);
  for (const auto& [port, mismatch] : call.mismatches) {
    const auto& inputs = graph_.nodes[index].inputs;
    const auto input = std::ranges::find(inputs, port, &NodeInput::name);
    ReportMismatch(index, port, SourceLabel(graph_, input->source), mismatch);
  }
  const bool is_integer = GivesIntegers(function.function_name, *arguments);
  return is_integer ? WithIntegers(shared_.flows(), *call.outputs) : call.outputs;
}

const Ports* GraphInference::InferEval(std::size_t index, const EvalNode& eval) {
  const Closure* body = FindBody(index, "graph", eval.graph);
  if (body == nullptr) return shared_.flows().unknown_ports();
  CheckArguments(index, *body);

  std::vector<PortFlow> fixed = WiredOf(index);
  const Ports* outputs = OutputsOf(index, body, shared_.flows().Intern(fixed));
  fixed.insert(fixed.end(), body->fixed->flows.begin(), body->fixed->flows.end());
  Flow partial = *self_;
  partial.graph =
      shared_.flows().Intern({body->definition, shared_.flows().Intern(std::move(fixed))});
  std::vector<PortFlow> ports = outputs->flows;
  ports.push_back({kBodyPort, shared_.flows().Intern(std::move(partial))});
  return shared_.flows().Intern(std::move(ports));
}

const Ports* GraphInference::InferLoop(std::size_t index, const LoopNode& loop) {
  const Closure* body = FindBody(index, "body", loop.body);
  if (body == nullptr) return shared_.flows().unknown_ports();
  CheckArguments(index, *body);

  // The body may overwrite fixed inputs, too.
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

const Ports* GraphInference::InferMap(std::size_t index, const MapNode& map) {
  const Closure* body = FindBody(index, "body", map.body);
  if (body == nullptr) return shared_.flows().unknown_ports();
  CheckArguments(index, *body);

  // Elements are passed one by one, other values to every body. In both cases the flow is that of
  // the source port.
  const Ports* outputs = OutputsOf(index, body, shared_.flows().Intern(WiredOf(index)));
  std::vector<PortFlow> ports;
  for (const auto& [port, flow] : outputs->flows) {
    const std::string_view mapped = shared_.flows().Intern(std::string(port).append(kMappedSuffix));
    ports.push_back({mapped, flow});
  }
  if (ports.size() == 1) ports.push_back({kMappedPort, ports[0].flow});
  return shared_.flows().Intern(std::move(ports));
}

const Ports* GraphInference::InferIfElse(std::size_t index, const IfElseNode& choice) {
  CheckFits(index, {"pred", choice.pred}, BoolPort());
  const Flow* flow =
      shared_.flows().Join(FlowOf(index, choice.if_true), FlowOf(index, choice.if_false));
  return shared_.flows().Intern(std::vector<PortFlow>{{kValuePort, flow}});
}

void GraphInference::CheckSource(std::size_t index, std::string_view role, const PortRef& source) {
  const bool is_outside = source.node == kOutside;
  // References to missing or later nodes have been reported.
  if (!is_outside && (source.node < 0 || static_cast<std::size_t>(source.node) >= index)) return;
  const bool is_mapped = IsMappedPort(source.port);
  if (!is_outside) {
    const auto node = static_cast<std::size_t>(source.node);
    const Ports& ports = *ports_[node];
    const bool is_map = std::holds_alternative<MapNode>(graph_.nodes[node].kind);
    const bool may_exist = ports.is_open && (is_mapped || !is_map);
    if (!may_exist && ports.Find(source.port) == nullptr) {
      if (IsReported(index, role)) return;
      const std::vector<std::string> names =
          ports.is_open ? std::vector<std::string>{"*", "x-*"} : ports.Names();
      Report(index, role,
             fmt::format("port {}: {} has no port {}{}", Quoted(role), NodeLabel(graph_, node),
                         Quoted(source.port), Hint("port", source.port, names)));
      return;
    }
  }
  const NodeKind& kind = graph_.nodes[index].kind;
  const auto* function = std::get_if<FunctionNode>(&kind);
  const auto* map = std::get_if<MapNode>(&kind);
  const bool is_fold =
      function != nullptr && function->function_name == kFoldFunction && role == kFoldPort;
  const bool is_map_input = map != nullptr && &source != &map->body;
  if (is_mapped && !is_fold && !is_map_input) {
    Report(
        index, role,
        fmt::format("port {}: {} gives the elements of its port {} one by one, which only a map "
                    "or {} takes",
                    Quoted(role), SourceLabel(graph_, source), Quoted(source.port), kFoldFunction));
  } else if (is_fold && !is_mapped) {
    Report(index, role,
           fmt::format("port {}: {} gives one value, but this port takes the elements of a port * "
                       "or x-*",
                       Quoted(role), SourceLabel(graph_, source)));
  }
}

const Closure* GraphInference::FindBody(std::size_t index, std::string_view role,
                                        const PortRef& body) {
  const Flow* flow = FlowOf(index, body);
  if (flow->graph != nullptr) {
    return shared_.Load(*flow->graph->definition) ? flow->graph : nullptr;
  }
  if (!MayBeGraph(flow->supply.type)) {
    CheckFits(index, {std::string(role), body},
              {.name = std::string(role), .type = SimpleType(TypeKind::kGraph)});
  }
  return nullptr;
}

void GraphInference::CheckArguments(std::size_t index, const Closure& body) {
  const Node& node = graph_.nodes[index];
  const GraphFace& face = body.definition->face;
  shared_.budget().Spend(face.inputs.size() + face.outputs.size());
  std::vector<std::string_view> wired;
  for (const NodeInput& input : node.inputs) {
    wired.push_back(input.name);
    if (face.inputs.contains(input.name) || IsReported(index, input.name)) continue;
    Report(index, input.name,
           fmt::format("its graph has no input {}{}", Quoted(input.name),
                       Hint("input", input.name,
                            std::vector<std::string>(face.inputs.begin(), face.inputs.end()))));
  }
  if (std::holds_alternative<EvalNode>(node.kind) && definition_.partial_evals.contains(index)) {
    return;
  }
  std::ranges::sort(wired);
  for (const std::string& name : face.inputs) {
    const bool is_fixed = face.fixed_inputs.contains(name) || body.fixed->Find(name) != nullptr;
    if (is_fixed || std::ranges::binary_search(wired, std::string_view(name))) continue;
    Report(index, name,
           fmt::format("its graph needs the input {}, which is not wired", Quoted(name)));
  }
}

void GraphInference::CheckFits(std::size_t index, const NodeInput& input, const PortSpec& port) {
  const Flow* flow = FlowOf(index, input.source);
  if (flow->input != nullptr) RecordUse(index, *flow, port);
  const std::optional<Mismatch> mismatch = FindMismatch(flow->supply, port);
  if (!mismatch.has_value()) return;
  ReportMismatch(index, input.name, SourceLabel(graph_, input.source), *mismatch);
}

void GraphInference::RecordUse(std::size_t index, const Flow& flow, const PortSpec& port) {
  if (!run_.is_always_run || !definition_.is_always_run[index]) return;
  const std::optional<Mismatch> mismatch =
      shared_.uses().Add({flow.input, &definition_, index, &port});
  if (mismatch.has_value()) ReportMismatch(index, port.name, "", *mismatch);
}

const Ports* GraphInference::OutputsOf(std::size_t index, const Closure* body,
                                       const Ports* arguments) {
  return shared_.OutputsOf(
      {.closure = body,
       .arguments = arguments,
       .caller = &definition_,
       .caller_node = index,
       .is_always_run = run_.is_always_run && definition_.is_always_run[index]});
}

const Flow* GraphInference::FlowOf(std::size_t index, const PortRef& source) const {
  const Flow* flow = nullptr;
  if (source.node == kOutside) {
    flow = source.port == kBodyPort ? self_ : inputs_->Find(source.port);
  } else if (source.node >= 0 && static_cast<std::size_t>(source.node) < index) {
    flow = ports_[static_cast<std::size_t>(source.node)]->Find(source.port);
  }
  return flow == nullptr ? shared_.flows().unknown() : flow;
}

std::vector<PortFlow> GraphInference::WiredOf(std::size_t index) const {
  const std::vector<NodeInput>& inputs = graph_.nodes[index].inputs;
  std::vector<PortFlow> wired;
  wired.reserve(inputs.size());
  for (const NodeInput& input : inputs) wired.push_back({input.name, FlowOf(index, input.source)});
  return wired;
}

bool GraphInference::IsReported(std::size_t index, std::string_view port) const {
  return shared_.problems().Has(NodeLocation(definition_.location, index), port);
}

void GraphInference::Report(std::size_t index, std::string_view port, std::string_view message) {
  shared_.problems().AddOnce(
      ToProblem({graph_, definition_.location, index, std::string(port), message}));
}

void GraphInference::ReportMismatch(std::size_t index, std::string_view port,
                                    std::string_view source, const Mismatch& mismatch) {
  std::string message = fmt::format("port {}: {}{}{}", Quoted(port), source,
                                    source.empty() ? "" : " ", mismatch.message);
  if (run_.caller != nullptr) {
    message += fmt::format("; the graph is run by {} at {}",
                           NodeLabel(*run_.caller->graph, run_.caller_node),
                           NodeLocation(run_.caller->location, run_.caller_node));
  }
  Problem problem = ToProblem({graph_, definition_.location, index, std::string(port), message});
  problem.expected = mismatch.expected;
  problem.found = mismatch.found;
  shared_.problems().AddOnce(std::move(problem));
}

}  // namespace orrery::graph
