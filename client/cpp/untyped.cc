#include "client/cpp/untyped.h"

#include <algorithm>

#include "client/cpp/constant.h"
#include "fmt/format.h"
#include "fmt/ranges.h"
#include "graph/graph.h"

namespace orrery::client {
namespace {

std::string Describe(const graph::Graph& graph) {
  return graph.name.empty() ? "the graph" : fmt::format("graph {}", graph.name);
}

}  // namespace

UntypedOutputs GraphBuilder::Eval(const graph::Graph& body,
                                  const std::vector<UntypedInput>& inputs) {
  const std::vector<std::string> known = graph::InputNames(body);
  std::vector<internal::NamedBinding> bindings;
  for (const UntypedInput& input : inputs) {
    if (std::ranges::find(known, input.name) == known.end()) {
      nodes_.AddProblem(fmt::format("{} has no input {}, only [{}]", Describe(body), input.name,
                                    fmt::join(known, ", ")));
    }
    bindings.push_back({input.name, input.value.binding()});
  }
  const std::int32_t node = nodes_.AddRun(graph::EvalNode{}, internal::EncodeGraph(body), bindings);
  return UntypedOutputs(nodes_, node, graph::OutputNames(body));
}

void UntypedOutputs::CheckName(const std::string& name) const {
  if (std::ranges::find(names_, name) != names_.end()) return;
  nodes_->AddProblem(fmt::format("the graph of node {} has no output {}, only [{}]", node_, name,
                                 fmt::join(names_, ", ")));
}

}  // namespace orrery::client
