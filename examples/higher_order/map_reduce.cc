#include "examples/higher_order/map_reduce.h"

#include <string>
#include <utility>

#include "base/status_macros.h"
#include "client/cpp/builder.h"
#include "client/cpp/builtins.h"
#include "client/cpp/graphs/fold_left.h"
#include "client/cpp/graphs/map_reduce.h"
#include "client/cpp/typed_graph.h"
#include "fmt/format.h"

namespace higher_order {
namespace {

using orrery::Uuid;
using orrery::client::GraphBuilder;
using orrery::client::Port;
using orrery::client::TypedGraph;
namespace builtins = orrery::client::builtins;
namespace graphs = orrery::client::graphs;

using Int = std::int64_t;
using Square = TypedGraph<Port<Int>, Port<Int>>;
using Sum = graphs::FoldStep<Int, Int>;

absl::StatusOr<orrery::graph::Graph> BuildGraph(const MapReduceOptions& options) {
  ASSIGN_OR_RETURN(const auto square,
                   Square::Define("square", [](GraphBuilder& g, const Port<Int>& x) {
                     return g.Add(builtins::ITimes{.a = x, .b = x});
                   }));
  ASSIGN_OR_RETURN(const auto sum, Sum::Define("sum", [](GraphBuilder& g, const auto& in) {
                     return g.Add(builtins::IAdd{.a = in.accumulator, .b = in.value});
                   }));
  ASSIGN_OR_RETURN(const auto map_reduce, (graphs::DefineMapReduce<Int, Int, Int>()));
  GraphBuilder g("map_reduce");
  const auto numbers = g.Add(builtins::Range{.start = 1, .stop = options.count + 1});
  g.Output("value",
           g.Eval(map_reduce, {.values = numbers, .map = square, .reduce = sum, .initial = 0}));
  return std::move(g).Build();
}

}  // namespace

absl::StatusOr<Example> MapReduceExample(const MapReduceOptions& options) {
  ASSIGN_OR_RETURN(orrery::graph::Graph graph, BuildGraph(options));
  const auto check = [options](orrery::client::Client& client,
                               const Uuid& id) -> absl::StatusOr<std::string> {
    Int expected = 0;
    for (Int x = 1; x <= options.count; ++x) expected += x * x;
    ASSIGN_OR_RETURN(const Int value, client.Read<Int>(id, "value"));
    RETURN_IF_ERROR(ExpectEqual(value, expected));
    return fmt::format("the squares of 1 to {} are {} together", options.count, value);
  };
  return Example{std::move(graph), check};
}

}  // namespace higher_order
