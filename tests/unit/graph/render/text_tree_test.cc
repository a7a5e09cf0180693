#include "graph/render/text_tree.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/graph/render/golden.h"

namespace orrery::graph {
namespace {

using ::testing::HasSubstr;

class TextTreeTest : public ::testing::TestWithParam<const char*> {};

TEST_P(TextTreeTest, TextIsThatOfTheGoldenFile) {
  EXPECT_EQ(TextTree(GoldenGraph(GetParam()), TextColor::kNone),
            GoldenText(std::string(GetParam()) + ".txt"));
}

INSTANTIATE_TEST_SUITE_P(Golden, TextTreeTest,
                         ::testing::Values("factorial_4", "loop_scoping", "typed_map", "wrong"));

TEST(TextTreeTest, ColoursAreAddedAndNothingElseChanges) {
  const Graph graph = GoldenGraph("wrong");
  std::string text = TextTree(graph, TextColor::kAnsi);

  EXPECT_THAT(text, HasSubstr("\x1b[31m(no such node)\x1b[0m"));
  while (text.find('\x1b') != text.npos) {
    const std::size_t start = text.find('\x1b');
    text.erase(start, text.find('m', start) + 1 - start);
  }
  EXPECT_EQ(text, TextTree(graph, TextColor::kNone));
}

TEST(TextTreeTest, ManyInputsAreCutShort) {
  Graph graph{.nodes = {{ConstNode{JsonValue("1")}, {}}, {OutputNode{}, {}}}};
  for (int i = 0; i < 1000; ++i) {
    graph.nodes[1].inputs.push_back({std::to_string(i), {0, "value"}});
  }

  EXPECT_THAT(TextTree(graph, TextColor::kNone), HasSubstr("39=0.value and 960 more\n"));
}

}  // namespace
}  // namespace orrery::graph
