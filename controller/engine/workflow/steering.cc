#include "controller/engine/workflow/steering.h"

#include <memory>
#include <string>
#include <utility>

#include "base/status_macros.h"
#include "fmt/format.h"
#include "graph/builtins/work.h"
#include "graph/canonical.h"
#include "graph/graph_data.h"
#include "graph/value_codec.h"

namespace orrery::engine {

absl::StatusOr<std::variant<Body, MissingBytes>> ReadBody(const Frame& frame, NodeIndex node,
                                                          const LoadedBytes* loaded,
                                                          GraphCache& graphs, WorkMeter& work) {
  graph::ValuePtr value = frame.values[frame.graph().steering(node)[0].source];
  if (value == nullptr) {
    return absl::InvalidArgumentError("there is no graph to run: the value is absent");
  }
  if (value == frame.body.value) return frame.body;

  work.Add(graph::EncodeWork(value->is_inline() ? value->size_bytes() : 0));
  const Digest content = graph::ContentDigest(*value);
  if (auto known = graphs.Find(content)) return Body{std::move(known), std::move(value)};
  const std::uint64_t read_work = graph::GraphWork(value->size_bytes());
  RETURN_IF_ERROR(graph::CheckWork("the graph to run", read_work));
  InputReader reader(loaded);
  ASSIGN_OR_RETURN(const graph::ValuePtr read, reader.Inline(value));
  if (reader.is_missing_bytes()) return reader.missing();
  work.Add(read_work);
  auto graph = graphs.Load(content, read->bytes());
  if (!graph.ok()) {
    return absl::InvalidArgumentError(
        fmt::format("the value is not a graph: {}", std::string(graph.status().message())));
  }
  return Body{*std::move(graph), std::move(value)};
}

absl::StatusOr<bool> ReadBool(const graph::ValuePtr& value) {
  if (value == nullptr) return absl::InvalidArgumentError("is absent");
  if (value->is_inline()) {
    if (value->bytes() == "true") return true;
    if (value->bytes() == "false") return false;
    const absl::StatusOr<graph::Datum> datum = graph::DecodeValue(*value);
    if (datum.ok()) {
      if (const bool* truth = datum->As<bool>()) return *truth;
      return absl::InvalidArgumentError(
          fmt::format("is of type {}, it must be a bool", datum->KindName()));
    }
  }
  return absl::InvalidArgumentError(fmt::format("is a value of {} bytes of {}, it must be a bool",
                                                value->size_bytes(), value->media_type));
}

absl::StatusOr<PortIndex> NextOfIfElse(const Frame& frame, NodeIndex node) {
  const auto wires = frame.graph().steering(node);
  const PortIndex predicate = wires[0].source;
  if (!frame.is_available(predicate)) return predicate;
  const absl::StatusOr<bool> is_true = ReadBool(frame.values[predicate]);
  if (!is_true.ok()) {
    return absl::InvalidArgumentError(
        fmt::format("the predicate {}", std::string(is_true.status().message())));
  }
  return wires[*is_true ? 1 : 2].source;
}

graph::ValuePtr FixInputs(const graph::Graph& graph, const model::Outputs& inputs) {
  graph::Graph fixed = graph;
  for (const graph::NamedValue& input : inputs) {
    fixed.fixed_inputs.insert_or_assign(input.name, *input.value);
  }
  return std::make_shared<const graph::Value>(
      graph::JsonValue(graph::WriteGraphData(fixed), std::string(graph::kGraphTypeName)));
}

}  // namespace orrery::engine
