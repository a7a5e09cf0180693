#include "examples/higher_order/fold.h"

#include <numeric>
#include <string>
#include <utility>

#include "base/status_macros.h"
#include "boost/describe/class.hpp"
#include "client/cpp/builder.h"
#include "client/cpp/builtins.h"
#include "client/cpp/graphs/fold_left.h"
#include "client/cpp/typed_graph.h"
#include "fmt/format.h"
#include "fmt/ranges.h"

namespace higher_order {
namespace {

using orrery::Uuid;
using orrery::client::GraphBuilder;
using orrery::client::Port;
using orrery::client::TypedGraph;
namespace builtins = orrery::client::builtins;
namespace graphs = orrery::client::graphs;

using Int = std::int64_t;

// The inputs of a fold's step, and the point at which the polynomial is evaluated.
template <template <class> class P>
struct HornerInputs {
  P<Int> accumulator;
  P<Int> value;
  P<Int> x;
  BOOST_DESCRIBE_CLASS(HornerInputs, (), (accumulator, value, x), (), ())
};

using Horner = TypedGraph<HornerInputs<Port>, Port<Int>>;

absl::StatusOr<Horner> DefineHorner() {
  return Horner::Define("horner", [](GraphBuilder& g, const HornerInputs<Port>& in) {
    const auto shifted = g.Add(builtins::ITimes{.a = in.accumulator, .b = in.x});
    return g.Add(builtins::IAdd{.a = shifted, .b = in.value});
  });
}

absl::StatusOr<orrery::graph::Graph> BuildGraph(const FoldOptions& options) {
  ASSIGN_OR_RETURN(const Horner horner, DefineHorner());
  ASSIGN_OR_RETURN(const auto fold, (graphs::DefineFoldLeft<Int, Int>()));
  GraphBuilder g("fold");
  // With x fixed, the polynomial's graph is a step of the fold.
  const auto step = g.Partial<graphs::FoldStepInputs<Port, Int, Int>>(horner, {.x = options.x});
  g.Output("value", g.Eval(fold, {.initial = 0, .values = options.coefficients, .step = step}));
  return std::move(g).Build();
}

}  // namespace

absl::StatusOr<Example> FoldExample(const FoldOptions& options) {
  ASSIGN_OR_RETURN(orrery::graph::Graph graph, BuildGraph(options));
  const auto check = [options](orrery::client::Client& client,
                               const Uuid& id) -> absl::StatusOr<std::string> {
    const Int expected = std::accumulate(
        options.coefficients.begin(), options.coefficients.end(), Int{0},
        [&options](Int sum, Int coefficient) { return sum * options.x + coefficient; });
    ASSIGN_OR_RETURN(const Int value, client.Read<Int>(id, "value"));
    RETURN_IF_ERROR(ExpectEqual(value, expected));
    return fmt::format("the polynomial with coefficients {} is {} at {}",
                       fmt::join(options.coefficients, ", "), value, options.x);
  };
  return Example{std::move(graph), check};
}

}  // namespace higher_order
