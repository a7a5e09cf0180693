#include "graph/check/inference.h"

#include <string>
#include <vector>

#include "graph/check/graph_inference.h"
#include <fmt/format.h>

namespace orrery::graph {

Inference::Inference(const CheckOptions& options, ProblemList& problems)
    : options_(options),
      problems_(problems),
      tasks_(options),
      calls_(flows_, budget_),
      definitions_({options, tasks_, flows_, budget_, problems}) {}

void Inference::Run(const Graph& root) {
  GraphDefinition& definition = definitions_.AddRoot(root);
  definitions_.Load(definition);
  std::vector<PortFlow> given;
  for (const std::string& name : definition.face.inputs) {
    if (definition.face.fixed_inputs.contains(name)) continue;
    const auto known = options_.given_types.find(name);
    Flow flow;
    if (known != options_.given_types.end()) flow.supply = known->second;
    if (flow.supply.type.kind == TypeKind::kUnknown) flow.input = &name;
    given.push_back({name, flows_.Intern(std::move(flow))});
  }
  OutputsOf({.closure = flows_.Intern({&definition, flows_.no_ports()}),
             .arguments = flows_.Intern(std::move(given))});
  if (!budget_.is_spent()) return;
  problems_.Add({.location = definition.location,
                 .message = fmt::format(
                     "the graph takes more than {} steps to check; run its constant graphs with "
                     "fewer different types, or make it smaller (limit {})",
                     kLimits.inference_steps.max, kLimits.inference_steps.name)});
}

const Ports* Inference::OutputsOf(const GraphRun& run) {
  GraphDefinition& definition = *run.closure->definition;
  if (!definitions_.Load(definition)) return flows_.unknown_ports();
  const std::pair key(run.closure, run.arguments);
  if (const auto known = outputs_.find(key); known != outputs_.end()) return known->second;
  if (definition.is_active || depth_ == kLimits.nested_graphs.max || is_over()) {
    return UntypedOutputsOf(definition);
  }
  definition.is_active = true;
  ++depth_;
  const Ports* outputs = GraphInference(*this, run).Run();
  --depth_;
  definition.is_active = false;
  outputs_.emplace(key, outputs);
  return outputs;
}

const Ports* Inference::UntypedOutputsOf(GraphDefinition& definition) {
  if (!definitions_.Load(definition)) return flows_.unknown_ports();
  std::vector<PortFlow> outputs;
  for (const std::string& name : definition.face.outputs) {
    outputs.push_back({name, flows_.unknown()});
  }
  return flows_.Intern(std::move(outputs));
}

}  // namespace orrery::graph
