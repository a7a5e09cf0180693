#include "controller/engine/workflow/evaluation.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/status_macros.h"
#include "fmt/format.h"
#include "graph/builtins/builtin.h"
#include "graph/builtins/elements.h"
#include "graph/builtins/work.h"
#include "graph/value_codec.h"

namespace orrery::engine {
namespace {

using Arguments = std::vector<std::optional<graph::Datum>>;

absl::Status AtInput(std::string_view name, const absl::Status& status) {
  return {status.code(), fmt::format("input \"{}\": {}", name, std::string(status.message()))};
}

// The values of a builtin's inputs in their order; null where absent.
std::vector<graph::ValuePtr> InputsOf(const Frame& frame, NodeIndex node,
                                      const graph::Builtin& builtin) {
  const auto wires = frame.graph().wires(node);
  std::vector<graph::ValuePtr> values;
  for (const graph::PortSpec& port : builtin.spec.inputs) {
    const auto wire = std::ranges::find_if(wires, [&](const CompiledGraph::Wire& each) {
      return frame.graph().name(each.name) == port.name;
    });
    values.push_back(wire == wires.end() ? nullptr : frame.values[wire->source]);
  }
  return values;
}

// One call of a builtin: its work is checked before each part of it is done.
class BuiltinCall {
 public:
  BuiltinCall(const graph::Builtin& builtin, InputReader& reader, WorkMeter& meter)
      : builtin_(builtin), reader_(reader), meter_(meter) {}

  absl::StatusOr<Evaluation> Run(const std::vector<graph::ValuePtr>& values) {
    std::uint64_t bytes = 0;
    for (const graph::ValuePtr& value : values) {
      if (value != nullptr) bytes += value->size_bytes();
    }
    RETURN_IF_ERROR(Spend(graph::DecodeWork(bytes)));
    ASSIGN_OR_RETURN(const Arguments arguments, Read(values));
    if (reader_.is_missing_bytes()) return reader_.missing();
    return Call(arguments);
  }

 private:
  absl::Status Spend(std::uint64_t work) {
    work_ += work;
    meter_.Add(work);
    if (graph::IsPermitted(work_)) return absl::OkStatus();
    return graph::CheckWork(fmt::format("{}.{}", graph::kBuiltinsWorker, builtin_.spec.name),
                            work_);
  }

  // Returns nothing for an argument that is absent, or whose bytes are missing.
  absl::StatusOr<Arguments> Read(const std::vector<graph::ValuePtr>& values) {
    Arguments arguments(values.size());
    for (std::size_t i = 0; i < arguments.size(); ++i) {
      const graph::PortSpec& port = builtin_.spec.inputs[i];
      if (values[i] == nullptr) {
        if (!port.is_required) continue;
        return absl::InvalidArgumentError(fmt::format("input \"{}\" is absent", port.name));
      }
      absl::StatusOr<std::optional<graph::Datum>> datum = reader_.Decode(*values[i]);
      if (!datum.ok()) return AtInput(port.name, datum.status());
      arguments[i] = *std::move(datum);
    }
    return arguments;
  }

  absl::StatusOr<Evaluation> Call(const Arguments& arguments) {
    std::vector<const graph::Datum*> given;
    given.reserve(arguments.size());
    for (const std::optional<graph::Datum>& argument : arguments) {
      given.push_back(argument.has_value() ? &*argument : nullptr);
    }
    if (builtin_.kind == graph::BuiltinKind::kSleep) {
      ASSIGN_OR_RETURN(const absl::Duration duration, graph::SleepDurationOf(given));
      return OutsideOutcome(duration);
    }
    if (builtin_.kind == graph::BuiltinKind::kRandomInteger) {
      ASSIGN_OR_RETURN(const graph::RandomRange range, graph::RandomRangeOf(given));
      return OutsideOutcome(range);
    }
    if (builtin_.work != nullptr) RETURN_IF_ERROR(Spend(builtin_.work(given)));
    ASSIGN_OR_RETURN(const auto made, builtin_.call(given));
    NodeResult result;
    for (std::size_t i = 0; i < made.size(); ++i) {
      auto value = std::make_shared<const graph::Value>(graph::EncodeValue(made[i]));
      meter_.Add(graph::EncodeWork(value->size_bytes()));
      if (const auto* integer = made[i].As<graph::BigInteger>()) {
        meter_.Add(graph::IntegerWork(integer->digits.size()));
      }
      result.outputs.push_back({builtin_.spec.outputs[i].name, std::move(value)});
    }
    return result;
  }

  const graph::Builtin& builtin_;
  InputReader& reader_;
  WorkMeter& meter_;
  std::uint64_t work_ = 0;
};

absl::StatusOr<Evaluation> EvaluateBuiltin(const Frame& frame, NodeIndex node, InputReader& reader,
                                           WorkMeter& meter) {
  const graph::Builtin* builtin = frame.graph().builtin(node);
  if (builtin == nullptr) return absl::InvalidArgumentError("there is no such builtin");
  return BuiltinCall(*builtin, reader, meter).Run(InputsOf(frame, node, *builtin));
}

std::uint64_t BytesOf(const ElementList& list) {
  std::uint64_t bytes = list.inline_bytes();
  list.ForEachBlob([&](const graph::BlobRef& blob) { bytes += blob.size_bytes; });
  return bytes;
}

absl::StatusOr<Evaluation> EvaluateFold(const Frame& frame, NodeIndex node, InputReader& reader,
                                        WorkMeter& meter) {
  const auto wires = frame.graph().wires(node);
  if (wires.empty()) return absl::InvalidArgumentError("input \"values_glob\" is absent");
  const auto found = frame.elements.find(wires[0].source);
  if (found == frame.elements.end()) {
    return absl::InvalidArgumentError(
        fmt::format("port \"values_glob\" is given the one value of port \"{}\"; it needs the "
                    "elements of a port * or x-*",
                    frame.graph().port_name(wires[0].source)));
  }
  const ElementList& list = *found->second;
  const std::uint64_t work = graph::ScanWork(list.size(), BytesOf(list));
  RETURN_IF_ERROR(graph::CheckWork("builtins.fold_values", work));
  meter.Add(work);
  graph::ListFold fold;
  graph::Value room;
  for (std::size_t i = 0; i < list.size(); ++i) {
    const graph::Value* element = list.Read(i, room);
    graph::ValuePtr loaded;
    if (element != nullptr && !element->is_inline()) {
      absl::StatusOr<graph::ValuePtr> read = reader.Inline(list.Get(i));
      if (!read.ok()) {
        return absl::Status(read.status().code(),
                            fmt::format("element {}: {}", i, std::string(read.status().message())));
      }
      loaded = *std::move(read);
      element = loaded.get();
    }
    if (!reader.is_missing_bytes()) RETURN_IF_ERROR(fold.Add(element));
  }
  if (reader.is_missing_bytes()) return reader.missing();
  return NodeResult{.outputs = {{std::string(graph::kValuePort),
                                 std::make_shared<const graph::Value>(std::move(fold).Finish())}},
                    .elements = {}};
}

absl::StatusOr<Evaluation> EvaluateUnfold(const Frame& frame, NodeIndex node, InputReader& reader,
                                          WorkMeter& meter) {
  constexpr std::string_view kName = "builtins.unfold_values";
  const std::vector<graph::ValuePtr> inputs = frame.InputsOf(node);
  const graph::ValuePtr input = inputs.empty() ? nullptr : inputs.front();
  if (input != nullptr) {
    RETURN_IF_ERROR(graph::CheckWork(kName, graph::ScanWork(0, input->size_bytes())));
  }
  ASSIGN_OR_RETURN(const graph::ValuePtr list, reader.Inline(input));
  if (reader.is_missing_bytes()) return reader.missing();
  // There are at most as many elements.
  const auto commas = static_cast<std::uint64_t>(std::ranges::count(list->bytes(), ','));
  const std::uint64_t work = graph::ScanWork(commas + 1, list->size_bytes());
  RETURN_IF_ERROR(graph::CheckWork(kName, work));
  meter.Add(work);
  auto elements = std::make_shared<ElementList>();
  RETURN_IF_ERROR(
      graph::UnfoldList(*list, [&](const graph::Value& element) { elements->Append(element); }));
  return NodeResult{.outputs = {},
                    .elements = {{std::string(graph::kMappedPort), std::move(elements)}}};
}

}  // namespace

absl::StatusOr<Evaluation> Evaluate(const Frame& frame, NodeIndex node, const LoadedBytes* loaded,
                                    WorkMeter& work) {
  InputReader reader(loaded);
  switch (frame.graph().op(node)) {
    case NodeOp::kFold:
      return EvaluateFold(frame, node, reader, work);
    case NodeOp::kUnfold:
      return EvaluateUnfold(frame, node, reader, work);
    default:
      CHECK(frame.graph().op(node) == NodeOp::kBuiltin);
      return EvaluateBuiltin(frame, node, reader, work);
  }
}

}  // namespace orrery::engine
