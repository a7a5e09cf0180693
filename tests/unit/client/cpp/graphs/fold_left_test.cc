#include "client/cpp/graphs/fold_left.h"

#include <cstdint>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/client/cpp/checked_graph.h"
#include "tests/unit/client/cpp/graph_lines.h"

namespace orrery::client::graphs {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Int = std::int64_t;

TEST(FoldLeftTest, StepsGoOnWhileValuesAreLeftAndAnEmptyListTakesNone) {
  const auto fold = DefineFoldLeft<Int, double>();
  ASSERT_TRUE(fold.ok()) << fold.status();

  EXPECT_THAT(
      LinesOf(fold->graph()),
      ElementsAre(
          "input initial", "input values", "input step", "builtins.tkr_len(v=1.values)", "const 0",
          "builtins.igt(a=3.value, b=4.value)",  //
          "const graph",                         //
          "  input accumulator", "  input values", "  input step", "  builtins.head(v=1.values)",
          "  eval of 2.step(accumulator=0.accumulator, value=3.head)",
          "  builtins.tkr_len(v=3.rest)", "  const 0", "  builtins.igt(a=5.value, b=6.value)",
          "  output(accumulator=4.value, values=3.rest, should_continue=7.value)",
          "loop  of 6.value while should_continue"
          "(accumulator=0.initial, values=1.values, step=2.step)",
          "ifelse(pred=5.value, if_true=7.accumulator, if_false=0.initial)",
          "output(value=8.value)"));
}

TEST(FoldLeftTest, TakesAPartialGraphAsItsStep) {
  using Step = FoldStepInputs<Port, Int, Int>;
  const auto fold = DefineFoldLeft<Int, Int>();
  const auto sum = FoldStep<Int, Int>::Define("sum", [](GraphBuilder& g, const Step& in) {
    return g.Add(builtins::IAdd{.a = in.accumulator, .b = in.value});
  });
  ASSERT_TRUE(fold.ok() && sum.ok());
  GraphBuilder g("demo");

  const auto step = g.Partial<Step>(*sum, NoPorts());
  g.Output("sum", g.Eval(*fold, {.initial = 0, .values = std::vector<Int>{1, 2}, .step = step}));
  const absl::StatusOr<graph::Graph> graph = std::move(g).Build();

  ASSERT_TRUE(graph.ok()) << graph.status();
  EXPECT_THAT(ProblemsOf(*graph), IsEmpty());
  EXPECT_THAT(LinesOf(*graph),
              Contains("eval of 2.value(initial=3.value, values=4.value, step=1.body)"));
}

}  // namespace
}  // namespace orrery::client::graphs
