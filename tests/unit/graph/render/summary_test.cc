#include "graph/render/summary.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/graph/render/golden.h"

namespace orrery::graph {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

TEST(SummarizeTest, NestedGraphsCount) {
  const GraphSummary summary = Summarize(GoldenGraph("loop_scoping"));

  EXPECT_EQ(summary.node_count, 11u);
  EXPECT_THAT(summary.node_counts_by_kind,
              ElementsAre(Pair("const", 4), Pair("function", 2), Pair("input", 2), Pair("loop", 1),
                          Pair("output", 2)));
  EXPECT_THAT(summary.call_counts_by_task,
              ElementsAre(Pair("builtins.iadd", 1), Pair("builtins.neq", 1)));
  EXPECT_THAT(summary.loops, ElementsAre("scoped_loop"));
  EXPECT_THAT(summary.outputs, ElementsAre("result"));
  EXPECT_EQ(summary.depth, 2u);
}

TEST(SummarizeTest, FlatGraphIsOneDeep) {
  const GraphSummary summary = Summarize(GoldenGraph("factorial_4"));

  EXPECT_EQ(summary.depth, 1u);
  EXPECT_THAT(summary.inputs, ElementsAre("value"));
}

}  // namespace
}  // namespace orrery::graph
