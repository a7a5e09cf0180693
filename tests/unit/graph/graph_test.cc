#include "graph/graph.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery::graph {
namespace {

using ::testing::ElementsAre;

TEST(GraphTest, ReferencesAreTheInputsThenTheRoles) {
  EXPECT_THAT(ReferencesOf({LoopNode{{0, "value"}, "again", ""}, {{"x", {1, "value"}}}}),
              ElementsAre(NodeInput{"x", {1, "value"}}, NodeInput{"body", {0, "value"}}));
  EXPECT_THAT(ReferencesOf({IfElseNode{{0, "p"}, {1, "t"}, {2, "f"}}, {}}),
              ElementsAre(NodeInput{"pred", {0, "p"}}, NodeInput{"if_true", {1, "t"}},
                          NodeInput{"if_false", {2, "f"}}));
  EXPECT_THAT(ReferencesOf({EvalNode{{3, "value"}}, {}}),
              ElementsAre(NodeInput{"graph", {3, "value"}}));
}

TEST(GraphTest, KindNamesAreThoseOfGraphData) {
  EXPECT_EQ(KindName(IfElseNode{.is_eager = true}), "eifelse");
  EXPECT_EQ(KindName(IfElseNode{}), "ifelse");
  EXPECT_EQ(KindName(ConstNode{}), "const");
}

TEST(GraphTest, InputNamesAreInNodeOrder) {
  const Graph graph{.nodes = {{InputNode{"b"}, {}}, {OutputNode{}, {}}, {InputNode{"a"}, {}}}};

  EXPECT_THAT(InputNames(graph), ElementsAre("b", "a"));
}

TEST(GraphTest, AMappedPortIsAStarOrEndsWithOne) {
  EXPECT_TRUE(IsMappedPort("*"));
  EXPECT_TRUE(IsMappedPort("value-*"));
  EXPECT_FALSE(IsMappedPort("value"));
  EXPECT_FALSE(IsMappedPort("value*"));
}

}  // namespace
}  // namespace orrery::graph
