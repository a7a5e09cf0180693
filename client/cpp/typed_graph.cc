#include "client/cpp/typed_graph.h"

#include <algorithm>

#include "fmt/format.h"
#include "fmt/ranges.h"

namespace orrery::client::internal {
namespace {

absl::Status CheckNames(std::string_view what, std::vector<std::string> wanted,
                        std::vector<std::string> found) {
  std::ranges::sort(wanted);
  std::ranges::sort(found);
  if (wanted == found) return absl::OkStatus();
  return absl::InvalidArgumentError(fmt::format("the graph has {} [{}]: expected [{}]", what,
                                                fmt::join(found, ", "), fmt::join(wanted, ", ")));
}

}  // namespace

absl::Status CheckPortNames(const graph::Graph& graph, const PortNames& wanted) {
  std::vector<std::string> inputs = graph::InputNames(graph);
  std::erase_if(inputs,
                [&graph](const std::string& name) { return graph.fixed_inputs.contains(name); });
  RETURN_IF_ERROR(CheckNames("inputs", wanted.inputs, std::move(inputs)));
  return CheckNames("outputs", wanted.outputs, graph::OutputNames(graph));
}

}  // namespace orrery::client::internal
