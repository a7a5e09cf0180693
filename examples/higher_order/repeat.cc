#include "examples/higher_order/repeat.h"

#include <string>
#include <utility>

#include "base/status_macros.h"
#include "client/cpp/builder.h"
#include "client/cpp/builtins.h"
#include "client/cpp/graphs/repeat.h"
#include "client/cpp/typed_graph.h"
#include "fmt/format.h"

namespace higher_order {
namespace {

using orrery::Uuid;
using orrery::client::GraphBuilder;
using orrery::client::Port;
namespace builtins = orrery::client::builtins;
namespace graphs = orrery::client::graphs;

absl::StatusOr<orrery::graph::Graph> BuildGraph(const RepeatOptions& options) {
  using Year = graphs::Step<double>;
  ASSIGN_OR_RETURN(const auto year,
                   Year::Define("year", [&options](GraphBuilder& g, const Port<double>& capital) {
                     return g.Add(builtins::Times{.a = capital, .b = options.factor});
                   }));
  ASSIGN_OR_RETURN(const auto repeat, graphs::DefineRepeat<double>());
  GraphBuilder g("repeat");
  g.Output("value",
           g.Eval(repeat, {.value = options.capital, .times = options.years, .step = year}));
  return std::move(g).Build();
}

}  // namespace

absl::StatusOr<Example> RepeatExample(const RepeatOptions& options) {
  ASSIGN_OR_RETURN(orrery::graph::Graph graph, BuildGraph(options));
  const auto check = [options](orrery::client::Client& client,
                               const Uuid& id) -> absl::StatusOr<std::string> {
    double expected = options.capital;
    for (std::int64_t year = 0; year < options.years; ++year) expected *= options.factor;
    ASSIGN_OR_RETURN(const double value, client.Read<double>(id, "value"));
    RETURN_IF_ERROR(ExpectEqual(value, expected));
    return fmt::format("{} times {} is {} after {} years", options.capital, options.factor, value,
                       options.years);
  };
  return Example{std::move(graph), check};
}

}  // namespace higher_order
