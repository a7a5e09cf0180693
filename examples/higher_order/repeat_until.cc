#include "examples/higher_order/repeat_until.h"

#include <string>
#include <utility>

#include "base/status_macros.h"
#include "client/cpp/builder.h"
#include "client/cpp/builtins.h"
#include "client/cpp/graphs/repeat_until.h"
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
using Next = TypedGraph<Port<Int>, Port<Int>>;
using IsOne = TypedGraph<Port<Int>, Port<bool>>;

struct End {
  Int value = 0;
  Int tries = 0;
};

// Half of an even number; three times an odd one, and one.
absl::StatusOr<Next> DefineNext() {
  return Next::Define("next", [](GraphBuilder& g, const Port<Int>& n) {
    const auto rest = g.Add(builtins::Mod{.a = n, .b = 2});
    const auto is_even = g.Add(builtins::Eq<Int>{.a = rest, .b = 0});
    const auto half = g.Add(builtins::IDivide{.a = n, .b = 2});
    const auto triple = g.Add(builtins::ITimes{.a = n, .b = 3});
    return g.IfElse(is_even, half, g.Add(builtins::IAdd{.a = triple, .b = 1}));
  });
}

absl::StatusOr<orrery::graph::Graph> BuildGraph(const RepeatUntilOptions& options) {
  ASSIGN_OR_RETURN(const Next next, DefineNext());
  ASSIGN_OR_RETURN(const auto is_one,
                   IsOne::Define("is one", [](GraphBuilder& g, const Port<Int>& n) {
                     return g.Add(builtins::Eq<Int>{.a = n, .b = 1});
                   }));
  ASSIGN_OR_RETURN(const auto repeat_until, graphs::DefineRepeatUntil<Int>());
  GraphBuilder g("repeat_until");
  const auto end = g.Eval(repeat_until, {.value = options.start,
                                         .attempt = next,
                                         .is_success = is_one,
                                         .tries_max = options.tries_max});
  g.Output("value", end.value);
  g.Output("succeeded", end.succeeded);
  g.Output("tries", end.tries);
  return std::move(g).Build();
}

End ComputeEnd(const RepeatUntilOptions& options) {
  End end{.value = options.start};
  do {
    end.value = end.value % 2 == 0 ? end.value / 2 : end.value * 3 + 1;
    ++end.tries;
  } while (end.value != 1 && end.tries < options.tries_max);
  return end;
}

}  // namespace

absl::StatusOr<Example> RepeatUntilExample(const RepeatUntilOptions& options) {
  ASSIGN_OR_RETURN(orrery::graph::Graph graph, BuildGraph(options));
  const auto check = [options](orrery::client::Client& client,
                               const Uuid& id) -> absl::StatusOr<std::string> {
    const End expected = ComputeEnd(options);
    ASSIGN_OR_RETURN(const Int value, client.Read<Int>(id, "value"));
    ASSIGN_OR_RETURN(const bool succeeded, client.Read<bool>(id, "succeeded"));
    ASSIGN_OR_RETURN(const Int tries, client.Read<Int>(id, "tries"));
    RETURN_IF_ERROR(ExpectEqual(value, expected.value));
    RETURN_IF_ERROR(ExpectEqual(succeeded, expected.value == 1));
    RETURN_IF_ERROR(ExpectEqual(tries, expected.tries));
    return fmt::format("{} {} 1: it is {} after {} steps", options.start,
                       succeeded ? "reaches" : "has not reached", value, tries);
  };
  return Example{std::move(graph), check};
}

}  // namespace higher_order
