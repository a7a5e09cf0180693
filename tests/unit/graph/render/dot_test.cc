#include "graph/render/dot.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/graph/render/golden.h"

namespace orrery::graph {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class ToDotTest : public ::testing::TestWithParam<const char*> {};

TEST_P(ToDotTest, TextIsThatOfTheGoldenFile) {
  EXPECT_EQ(ToDot(GoldenGraph(GetParam())), GoldenText(std::string(GetParam()) + ".dot"));
}

INSTANTIATE_TEST_SUITE_P(Golden, ToDotTest,
                         ::testing::Values("factorial_4", "loop_scoping", "typed_map", "wrong"));

TEST(ToDotTest, EmptyGraphIsAnEmptyPicture) {
  EXPECT_THAT(ToDot(Graph()), HasSubstr("digraph \"\" {\n"));
  EXPECT_THAT(ToDot(Graph()), Not(HasSubstr("->")));
}

TEST(ToDotTest, BodyOfANestedGraphComesFromItsBox) {
  EXPECT_THAT(ToDot(GoldenGraph("loop_scoping")),
              HasSubstr("n2_5 -> n3 [label=\" body \", ltail=cluster_n2, style=dashed];"));
}

}  // namespace
}  // namespace orrery::graph
