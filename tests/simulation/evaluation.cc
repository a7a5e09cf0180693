#include "tests/simulation/evaluation.h"

#include <memory>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/overload.h"
#include "fmt/format.h"
#include "graph/builtins/builtin.h"
#include "graph/builtins/elements.h"
#include "graph/canonical.h"
#include "graph/graph_data.h"
#include "graph/task.h"
#include "graph/value_codec.h"

namespace orrery::simulation {
namespace {

using graph::Graph;
using graph::Value;

std::string BytesOf(const Value& value, const std::map<Digest, std::string>& blobs) {
  return value.is_inline() ? std::string(value.bytes()) : blobs.at(value.blob().digest);
}

// The evaluation of one graph. Values are missing until they are computed.
class Evaluation {
 public:
  Evaluation(const Graph& graph, Values inputs, const std::map<Digest, std::string>& blobs)
      : graph_(graph), inputs_(std::move(inputs)), blobs_(blobs) {}

  // Returns true if the node succeeds. Requires: it has the output `value`.
  bool Finishes(std::uint32_t node) {
    return ValueOf({static_cast<std::int32_t>(node), "value"}).has_value();
  }

  std::optional<Values> Run() {
    for (const graph::Node& node : graph_.nodes) {
      if (!std::holds_alternative<graph::OutputNode>(node.kind)) continue;
      return InputsOf(node);
    }
    return std::nullopt;
  }

 private:
  std::optional<Values> InputsOf(const graph::Node& node) {
    Values values;
    for (const graph::NodeInput& input : node.inputs) {
      std::optional<Value> value = ValueOf(input.source);
      if (!value.has_value()) return std::nullopt;
      values[input.name] = *std::move(value);
    }
    return values;
  }

  // Returns the outputs of the last iteration.
  std::optional<Values> RunLoop(const graph::Node& node, const graph::LoopNode& loop) {
    const std::optional<Value> body = ValueOf(loop.body);
    std::optional<Values> inputs = InputsOf(node);
    if (!body.has_value() || !inputs.has_value()) return std::nullopt;
    const auto nested = graph::ParseGraphData(BytesOf(*body, blobs_));
    CHECK(nested.ok());
    while (true) {
      std::optional<Values> outputs = Evaluate(*nested, *inputs, blobs_);
      if (!outputs.has_value()) return std::nullopt;
      if (outputs->at(loop.continue_port).bytes() != "true") return outputs;
      for (const auto& [name, value] : *outputs) (*inputs)[name] = value;
    }
  }

  // Returns the elements that a mapped port carries.
  std::optional<std::vector<Value>> ElementsOf(const graph::PortRef& source) {
    const graph::Node& node = graph_.nodes[static_cast<std::size_t>(source.node)];
    if (std::holds_alternative<graph::FunctionNode>(node.kind)) {
      const std::optional<Value> list = ValueOf(node.inputs[0].source);
      if (!list.has_value()) return std::nullopt;
      std::vector<Value> elements;
      CHECK(graph::UnfoldList(*list, [&](const Value& element) {
              elements.push_back(element);
            }).ok());
      return elements;
    }
    const std::optional<Value> body = ValueOf(std::get<graph::MapNode>(node.kind).body);
    if (!body.has_value()) return std::nullopt;
    const auto nested = graph::ParseGraphData(BytesOf(*body, blobs_));
    CHECK(nested.ok());
    Values inputs;
    std::optional<std::vector<Value>> elements;
    std::string mapped;
    for (const graph::NodeInput& input : node.inputs) {
      if (input.source.port.ends_with(graph::kMappedPort)) {
        elements = ElementsOf(input.source);
        mapped = input.name;
        if (!elements.has_value()) return std::nullopt;
      } else {
        const std::optional<Value> value = ValueOf(input.source);
        if (!value.has_value()) return std::nullopt;
        inputs[input.name] = *value;
      }
    }
    const std::string output =
        source.port.substr(0, source.port.size() - graph::kMappedSuffix.size());
    for (Value& element : *elements) {
      inputs[mapped] = element;
      const std::optional<Values> outputs = Evaluate(*nested, inputs, blobs_);
      if (!outputs.has_value()) return std::nullopt;
      element = outputs->at(output);
    }
    return elements;
  }

  std::optional<Value> RunFunction(const graph::Node& node, const std::string& function_name,
                                   const std::string& port) {
    if (function_name == "builtins.fold_values") {
      const auto elements = ElementsOf(node.inputs[0].source);
      if (!elements.has_value()) return std::nullopt;
      graph::ListFold fold;
      for (const Value& element : *elements) CHECK(fold.Add(&element).ok());
      return std::move(fold).Finish();
    }
    const std::optional<Values> inputs = InputsOf(node);
    if (!inputs.has_value()) return std::nullopt;
    const graph::TaskName name = graph::SplitFunctionName(function_name);
    if (name.worker != graph::kBuiltinsWorker) return RunTask(function_name, *inputs, port);
    const graph::Builtin& builtin = *graph::FindBuiltin(name.task);
    if (builtin.kind == graph::BuiltinKind::kSleep) return graph::JsonValue("true");
    // Any number from the range works: the result does not depend on it.
    if (builtin.kind == graph::BuiltinKind::kRandomInteger) return inputs->at("a");
    std::vector<graph::Datum> data;
    for (const graph::PortSpec& input : builtin.spec.inputs) {
      data.push_back(graph::DecodeValue(inputs->at(input.name)).value());
    }
    std::vector<const graph::Datum*> arguments;
    for (const graph::Datum& datum : data) arguments.push_back(&datum);
    return graph::EncodeValue(builtin.call(arguments).value()[0]);
  }

  std::optional<Value> ValueOf(const graph::PortRef& source) {
    if (source.node == graph::kOutside) return inputs_.at(source.port);
    const auto known = made_.find(source);
    if (known != made_.end()) return known->second;
    const graph::Node& node = graph_.nodes[static_cast<std::size_t>(source.node)];
    std::optional<Value> value =
        std::visit(Overload{
                       [&](const graph::InputNode& input) -> std::optional<Value> {
                         return inputs_.at(input.name);
                       },
                       [&](const graph::ConstNode& constant) -> std::optional<Value> {
                         return constant.value;
                       },
                       [&](const graph::FunctionNode& function) -> std::optional<Value> {
                         return RunFunction(node, function.function_name, source.port);
                       },
                       [&](const graph::EvalNode& eval) -> std::optional<Value> {
                         const std::optional<Value> body = ValueOf(eval.graph);
                         const std::optional<Values> inputs = InputsOf(node);
                         if (!body.has_value() || !inputs.has_value()) return std::nullopt;
                         const auto nested = graph::ParseGraphData(BytesOf(*body, blobs_));
                         CHECK(nested.ok());
                         const std::optional<Values> outputs = Evaluate(*nested, *inputs, blobs_);
                         if (!outputs.has_value()) return std::nullopt;
                         return outputs->at(source.port);
                       },
                       [&](const graph::LoopNode& loop) -> std::optional<Value> {
                         const std::optional<Values> outputs = RunLoop(node, loop);
                         if (!outputs.has_value()) return std::nullopt;
                         return outputs->at(source.port);
                       },
                       [&](const graph::IfElseNode& choice) -> std::optional<Value> {
                         const std::optional<Value> pred = ValueOf(choice.pred);
                         if (!pred.has_value()) return std::nullopt;
                         const bool needs_both = choice.is_eager;
                         if (needs_both && !(ValueOf(choice.if_true) && ValueOf(choice.if_false))) {
                           return std::nullopt;
                         }
                         return ValueOf(pred->bytes() == "true" ? choice.if_true : choice.if_false);
                       },
                       [&](const auto&) -> std::optional<Value> { return std::nullopt; },
                   },
                   node.kind);
    if (value.has_value()) made_.emplace(source, *value);
    return value;
  }

  const Graph& graph_;
  const Values inputs_;
  const std::map<Digest, std::string>& blobs_;
  std::map<graph::PortRef, Value> made_;
};

}  // namespace

std::optional<Value> RunTask(const std::string& function_name, const Values& inputs,
                             const std::string& port) {
  if (function_name == "beta.fail") return std::nullopt;
  std::string all = function_name + "/" + port;
  for (const auto& [name, value] : inputs) {
    all += fmt::format("\n{}={}", name, graph::ContentDigest(value).ToHex());
  }
  return graph::JsonValue("\"" + Sha256(all).ToHex().substr(0, 16) + "\"");
}

std::optional<Values> Evaluate(const Graph& graph, const Values& inputs,
                               const std::map<Digest, std::string>& blobs) {
  return Evaluation(graph, inputs, blobs).Run();
}

std::optional<Values> Evaluate(const Job& job, const std::map<Digest, std::string>& blobs) {
  Values inputs;
  for (const graph::NamedValue& input : job.inputs) inputs[input.name] = *input.value;
  Evaluation evaluation(*job.graph, std::move(inputs), blobs);
  std::optional<Values> outputs = evaluation.Run();
  for (const std::uint32_t node : job.side_effects) {
    if (!evaluation.Finishes(node)) return std::nullopt;
  }
  return outputs;
}

}  // namespace orrery::simulation
