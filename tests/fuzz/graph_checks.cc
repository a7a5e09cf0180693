#include "tests/fuzz/graph_checks.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/check.h"
#include "controller/engine/compiled_graph.h"
#include "graph/canonical.h"
#include "graph/checker.h"
#include "graph/graph_data.h"
#include "graph/limits.h"
#include "graph/type.h"
#include "graph/value.h"

namespace orrery::fuzz {
namespace {

using graph::OptionalOf;
using graph::PortSpec;
using graph::SimpleType;
using graph::TaskSpec;
using graph::Type;
using graph::TypeKind;

Type Variable(std::string name) { return {.kind = TypeKind::kVariable, .name = std::move(name)}; }

PortSpec Json(std::string name, Type type) {
  return {.name = std::move(name),
          .type = std::move(type),
          .default_value = {},
          .formats = {std::string(graph::kMediaTypeJson)}};
}

PortSpec Optional(PortSpec port) {
  port.is_required = false;
  return port;
}

PortSpec Array(std::string name) {
  return {.name = std::move(name),
          .type = graph::OpaqueType("numpy.ndarray"),
          .default_value = {},
          .formats = {std::string(graph::kMediaTypeNpy)}};
}

TaskSpec Task(std::string name, std::vector<PortSpec> inputs, std::vector<PortSpec> outputs) {
  return {.name = std::move(name), .inputs = std::move(inputs), .outputs = std::move(outputs)};
}

graph::Catalog MakeCatalog() {
  const Type integer = SimpleType(TypeKind::kInt);
  const Type number = graph::UnionOf({integer, SimpleType(TypeKind::kFloat)});
  const Type t = Variable("T");
  const Type u = Variable("U");
  const Type point =
      graph::StructOf("Point", {{"x", number}, {"label", OptionalOf(SimpleType(TypeKind::kStr))}});
  const Type pair = graph::StructOf("Pair", {{"left", t}, {"right", graph::ListOf(t)}});
  return {.worker = "any",
          .tasks = {
              Task("same", {Json("value", t)}, {Json("value", t)}),
              Task("swap", {Json("a", t), Json("b", u)}, {Json("a", u), Json("b", t)}),
              Task("pair", {Json("a", t), Json("b", t)}, {Json("value", graph::TupleOf({t, t}))}),
              Task("head", {Json("list", graph::ListOf(t))},
                   {Json("value", t), Json("tail", graph::ListOf(t))}),
              Task("wrap", {Json("value", t)}, {Json("value", graph::ListOf(graph::ListOf(t)))}),
              Task("get", {Json("map", graph::MapOf(u)), Optional(Json("key", OptionalOf(t)))},
                   {Json("value", OptionalOf(u))}),
              Task("join", {Json("pair", pair)}, {Json("value", pair), Json("free", u)}),
              Task("add", {Json("a", number), Json("b", number)}, {Json("value", number)}),
              Task("move", {Json("point", point), Optional(Json("by", integer))},
                   {Json("point", point), Json("x", SimpleType(TypeKind::kFloat))}),
              Task("bytes", {Json("value", SimpleType(TypeKind::kBytes))},
                   {Json("value", SimpleType(TypeKind::kComplex))}),
              Task("run", {Json("graph", SimpleType(TypeKind::kGraph))}, {Json("value", Type{})}),
              Task("array", {Array("array"), Optional(Array("other"))}, {Array("array")}),
          }};
}

}  // namespace

const graph::Catalog& AnyCatalog() {
  static const graph::Catalog kCatalog = MakeCatalog();
  return kCatalog;
}

void CheckGraphAlways(const graph::Graph& graph) {
  const graph::CheckOptions options{
      .find_task = [](std::string_view worker, std::string_view task) -> const TaskSpec* {
        return worker == AnyCatalog().worker ? AnyCatalog().Find(task) : nullptr;
      },
      .list_tasks =
          [] {
            return std::vector<std::string>{"any.same", "any.swap", "any.array"};
          }};
  const std::vector<graph::Problem> problems = graph::CheckGraph(graph, options);
  CHECK(problems.size() <= graph::kLimits.problems.max);
  CHECK(problems == graph::CheckGraph(graph, options));

  const absl::Status status = graph::ProblemsToStatus(problems);
  CHECK(status.ok() == problems.empty());
  const auto compiled = engine::CompiledGraph::Compile(graph);
  if (status.ok()) CHECK(compiled.ok());
  if (compiled.ok()) CHECK((*compiled)->digest() == graph::GraphDigest(graph));
}

void CheckGraphDataAlways(const graph::Graph& graph) {
  const absl::StatusOr<graph::Graph> read = graph::ParseGraphData(graph::WriteGraphData(graph));
  // A constant that fills the limit of nesting by itself does not fit into a graph.
  if (!read.ok()) CHECK(absl::IsResourceExhausted(read.status()));
  if (read.ok()) {
    // Not of the graph itself, which may repeat names or spell its constants in its own way.
    const std::string text = graph::WriteGraphData(*read);
    const absl::StatusOr<graph::Graph> again = graph::ParseGraphData(text);
    CHECK(again.ok());
    CHECK(*again == *read);
    CHECK(graph::WriteGraphData(*again) == text);
  }
  const std::vector<graph::Consumers> consumers = graph::ConsumersOf(graph);
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    CHECK(!graph::WriteNodeDef(graph.nodes[i], consumers[i]).empty());
  }
}

}  // namespace orrery::fuzz
