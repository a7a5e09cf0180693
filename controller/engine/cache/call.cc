#include "controller/engine/cache/call.h"

#include <algorithm>
#include <utility>

#include "controller/engine/reuse/history.h"
#include "fmt/format.h"
#include "graph/canonical.h"
#include "model/outcome.h"

namespace orrery::engine {
namespace {

// Longer JSON is told by its digest.
constexpr std::size_t kTextBytesMax = 32;
constexpr std::size_t kDigestDigits = 12;

model::Outputs NamedInputsOf(const Workflow& workflow, NodeRef node) {
  const CompiledGraph& graph = workflow.frame(node.frame).graph();
  const auto wires = graph.wires(node.node);
  std::vector<graph::ValuePtr> values = workflow.InputsOf(node);
  model::Outputs named;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i] == nullptr) continue;
    named.push_back({std::string(graph.name(wires[i].name)), std::move(values[i])});
  }
  return named;
}

std::string TextOf(const graph::Value& value) {
  const bool is_short = value.media_type == graph::kMediaTypeJson && value.is_inline() &&
                        value.bytes().size() <= kTextBytesMax;
  if (is_short) return std::string(value.bytes());
  return fmt::format("sha256:{}", graph::ContentDigest(value).ToHex().substr(0, kDigestDigits));
}

}  // namespace

Digest DigestInputsOf(const Workflow& workflow, NodeRef node) {
  return graph::InputsDigest(NamedInputsOf(workflow, node));
}

Digest CallDigestOf(const Workflow& workflow, NodeRef node) {
  return CallDigest(workflow.FunctionNameOf(node), DigestInputsOf(workflow, node));
}

Digest CacheKey(const Digest& call, std::string_view version) {
  return Sha256(fmt::format("{}\n{}", call.ToHex(), version));
}

std::vector<CallInput> DescribeInputs(const Workflow& workflow, NodeRef node) {
  model::Outputs named = NamedInputsOf(workflow, node);
  std::ranges::sort(named, {}, &graph::NamedValue::name);
  if (named.size() > kCallInputs.max) named.resize(kCallInputs.max);
  std::vector<CallInput> inputs;
  for (const graph::NamedValue& input : named) {
    // As that of all inputs is made: the media type counts.
    inputs.push_back({.port = input.name,
                      .digest = graph::InputsDigest({&input, 1}),
                      .text = TextOf(*input.value)});
  }
  return inputs;
}

}  // namespace orrery::engine
