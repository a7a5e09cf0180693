// Nodes that run graphs, and those that choose.
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "client/cpp/builder.h"
#include "client/cpp/builtins.h"
#include "client/cpp/typed_graph.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/client/cpp/checked_graph.h"
#include "tests/unit/client/cpp/families.h"
#include "tests/unit/client/cpp/graph_lines.h"

namespace orrery::client {
namespace {

using demo::Int;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class GraphBuilderControlTest : public ::testing::Test {
 protected:
  // The graph, once built, is right; its lines without those of constant graphs.
  std::vector<std::string> OuterLines() {
    const absl::StatusOr<graph::Graph> graph = std::move(g_).Build();
    if (!graph.ok()) return {graph.status().ToString()};
    EXPECT_THAT(ProblemsOf(*graph), IsEmpty());
    std::vector<std::string> lines;
    for (std::string& line : LinesOf(*graph)) {
      if (!line.starts_with("  ")) lines.push_back(std::move(line));
    }
    return lines;
  }

  GraphBuilder g_{"demo"};
  const demo::Sum sum_ = *demo::DefineSum();
  const demo::Both both_ = *demo::DefineBoth();
  const demo::Count count_ = *demo::DefineCount();
};

TEST_F(GraphBuilderControlTest, EvalTakesPortsAndConstantsByName) {
  const auto x = g_.Input<Int>("x");
  g_.Output("y", g_.Eval(sum_, {.x = x, .intercept = 5}));

  EXPECT_THAT(OuterLines(),
              ElementsAre("input x", "const graph", "const 5",
                          "eval of 1.value(x=0.x, intercept=2.value)", "output(y=3.value)"));
}

TEST_F(GraphBuilderControlTest, EvalGivesEachOutputOfItsGraph) {
  const demo::SumAndProduct<Port> both = g_.Eval(both_, {.x = 2, .intercept = 5});
  g_.Output("s", both.sum);
  g_.Output("p", both.product);

  EXPECT_EQ(OuterLines().back(), "output(s=3.sum, p=3.product)");
}

TEST_F(GraphBuilderControlTest, GraphMayComeFromAnInput) {
  const auto f = g_.Input<demo::Sum>("f");
  g_.Output("y", g_.Eval(f, {.x = 1, .intercept = 2}));

  EXPECT_THAT(OuterLines(),
              ElementsAre("input f", "const 1", "const 2",
                          "eval of 0.f(x=1.value, intercept=2.value)", "output(y=3.value)"));
}

TEST_F(GraphBuilderControlTest, GraphMayComeFromATask) {
  const auto f = g_.Add(builtins::Id<demo::Sum>{.value = sum_});
  g_.Output("y", g_.Eval(f, {.x = 1, .intercept = 2}));
  g_.Output("f", f);

  EXPECT_THAT(OuterLines(), ElementsAre("const graph", "builtins.tkr_id(value=0.value)", "const 1",
                                        "const 2", "eval of 1.value(x=2.value, intercept=3.value)",
                                        "output(y=4.value, f=1.value)"));
}

TEST_F(GraphBuilderControlTest, GraphThatATaskGivesUntypedIsTakenAtItsWord) {
  const auto made = g_.Input<graph::Datum>("made");
  const Port<demo::Sum> f = made;
  g_.Output("y", g_.Eval(f, {.x = 1, .intercept = 2}));

  EXPECT_EQ(OuterLines()[3], "eval of 0.made(x=1.value, intercept=2.value)");
}

TEST_F(GraphBuilderControlTest, GraphMayBeChosen) {
  const auto pred = g_.Input<bool>("pred");
  const auto other = g_.Input<demo::Sum>("f");
  const auto f = g_.IfElse(pred, sum_, other);
  g_.Output("y", g_.Eval(f, {.x = 1, .intercept = 2}));

  EXPECT_THAT(
      OuterLines(),
      ElementsAre("input pred", "input f", "const graph",
                  "ifelse(pred=0.pred, if_true=2.value, if_false=1.f)", "const 1", "const 2",
                  "eval of 3.value(x=4.value, intercept=5.value)", "output(y=6.value)"));
}

TEST_F(GraphBuilderControlTest, PartialLeavesAGraphOfTheRemainingInputs) {
  const Port<TypedGraph<demo::OnlyX<Port>, Port<Int>>> plus_five =
      g_.Partial<demo::OnlyX<Port>>(sum_, {.intercept = 5});
  g_.Output("y", g_.Eval(plus_five, {.x = 1}));
  g_.Output("plus_five", plus_five);

  EXPECT_THAT(OuterLines(),
              ElementsAre("const graph", "const 5", "eval of 0.value(intercept=1.value)", "const 1",
                          "eval of 2.body(x=3.value)", "output(y=4.value, plus_five=2.body)"));
}

TEST_F(GraphBuilderControlTest, InputOfAPartialThatIsNeitherGivenNorRemainsFailsTheBuild) {
  g_.Output("f", g_.Partial<demo::OnlyX<Port>>(sum_, {}));

  EXPECT_THAT(OuterLines(), ElementsAre(HasSubstr("input intercept of a partial eval is neither")));
}

TEST_F(GraphBuilderControlTest, InputOfAPartialThatIsGivenAndRemainsFailsTheBuild) {
  g_.Output("f", g_.Partial<demo::OnlyX<Port>>(sum_, {.x = 1, .intercept = 5}));

  EXPECT_THAT(OuterLines(), ElementsAre(HasSubstr("input x of a partial eval is both given and")));
}

TEST_F(GraphBuilderControlTest, LoopGivesTheOutputsOfItsBodyAndCarriesOtherInputs) {
  const demo::Counted<Port> end = g_.Loop(count_, {.count = 10, .step = 3}, "countdown");
  g_.Output("count", end.count);
  g_.Output("more", end.should_continue);

  EXPECT_THAT(
      OuterLines(),
      ElementsAre("const graph", "const 10", "const 3",
                  "loop countdown of 0.value while should_continue(count=1.value, step=2.value)",
                  "output(count=3.count, more=3.should_continue)"));
}

TEST_F(GraphBuilderControlTest, LoopNeedsNoName) {
  g_.Output("count", g_.Loop(count_, {.count = 10, .step = 3}).count);

  EXPECT_EQ(OuterLines()[3], "loop  of 0.value while should_continue(count=1.value, step=2.value)");
}

TEST_F(GraphBuilderControlTest, MapOfOneOutputGivesItsElementsAtTheStar) {
  const auto list = g_.Input<std::vector<Int>>("list");
  const Port<Each<Int>> sums = g_.Map(sum_, {.x = g_.Unfold(list), .intercept = 5});
  g_.Output("sums", g_.Fold(sums));

  EXPECT_THAT(OuterLines(),
              ElementsAre("input list", "builtins.unfold_values(value=0.list)", "const graph",
                          "const 5", "map of 2.value(x=1.*, intercept=3.value)",
                          "builtins.fold_values(values_glob=4.*)", "output(sums=5.value)"));
}

TEST_F(GraphBuilderControlTest, MapOfSeveralOutputsGivesEachByName) {
  const auto list = g_.Input<std::vector<Int>>("list");
  const demo::SumAndProduct<EachPort> each = g_.Map(both_, {.x = g_.Unfold(list), .intercept = 5});
  g_.Output("sums", g_.Fold(each.sum));
  g_.Output("products", g_.Fold(each.product));

  const std::vector<std::string> lines = OuterLines();
  EXPECT_EQ(lines[5], "builtins.fold_values(values_glob=4.sum-*)");
  EXPECT_EQ(lines[6], "builtins.fold_values(values_glob=4.product-*)");
}

TEST_F(GraphBuilderControlTest, MapZipsSeveralElementsInputsAndMapsGoOnInSeries) {
  const auto list = g_.Input<std::vector<Int>>("list");
  const auto elements = g_.Unfold(list);
  const auto sums = g_.Map(sum_, {.x = elements, .intercept = elements});
  const auto again = g_.Map(sum_, {.x = sums, .intercept = elements});
  g_.Output("sums", g_.Fold(again));

  const std::vector<std::string> lines = OuterLines();
  EXPECT_EQ(lines[3], "map of 2.value(x=1.*, intercept=1.*)");
  EXPECT_EQ(lines[5], "map of 4.value(x=3.*, intercept=1.*)");
}

TEST_F(GraphBuilderControlTest, MapOfASingleInputTakesJustTheElements) {
  using Twice = TypedGraph<Port<Int>, Port<Int>>;
  const Twice twice = *Twice::Define(
      "twice", [](GraphBuilder& g, Port<Int> x) { return g.Add(builtins::IAdd{.a = x, .b = x}); });
  const auto list = g_.Input<std::vector<Int>>("list");
  g_.Output("twice", g_.Fold(g_.Map(twice, g_.Unfold(list))));

  EXPECT_EQ(OuterLines()[3], "map of 2.value(value=1.*)");
}

TEST_F(GraphBuilderControlTest, MapWithoutElementsFailsTheBuild) {
  g_.Map(sum_, {.x = 1, .intercept = 5});

  EXPECT_THAT(OuterLines(),
              ElementsAre(HasSubstr("a map has no input that is a list of elements")));
}

TEST_F(GraphBuilderControlTest, UnfoldAndFoldAreBuiltinsToo) {
  const auto list = g_.Input<std::vector<Int>>("list");
  const auto elements = g_.Add(builtins::UnfoldValues<Int>{.value = list}).elements;
  g_.Output("list", g_.Add(builtins::FoldValues<Int>{.values_glob = elements}));

  EXPECT_THAT(OuterLines(),
              ElementsAre("input list", "builtins.unfold_values(value=0.list)",
                          "builtins.fold_values(values_glob=1.*)", "output(list=2.value)"));
}

TEST_F(GraphBuilderControlTest, IfElseTakesPortsAndConstants) {
  const auto pred = g_.Input<bool>("pred");
  const Port<Int> lazy = g_.IfElse(pred, 1, 2);
  const Port<Int> eager = g_.EagerIfElse(pred, lazy, 3);
  g_.Output("y", eager);

  EXPECT_THAT(
      OuterLines(),
      ElementsAre("input pred", "const 1", "const 2",
                  "ifelse(pred=0.pred, if_true=1.value, if_false=2.value)", "const 3",
                  "eifelse(pred=0.pred, if_true=3.value, if_false=4.value)", "output(y=5.value)"));
}

TEST_F(GraphBuilderControlTest, IntegerBranchBesideAFloatIsAFloat) {
  const Port<double> y = g_.IfElse(g_.Input<bool>("pred"), 1, 2.5);
  g_.Output("y", y);

  EXPECT_EQ(OuterLines()[1], "const 1.0");
}

}  // namespace
}  // namespace orrery::client
