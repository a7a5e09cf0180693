#include "graph/check/input_uses.h"

#include "tests/unit/graph/check/graph_kit.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery::graph {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(InputUsesTest, AnInputThatNoValueSatisfiesIsReportedWithBothUses) {
  const Graph graph{.nodes = {Input("x"), Call("t.total", {{"values", {0, "x"}}}),
                              Call("t.upper", {{"s", {-1, "x"}}}),
                              Output({{"a", {1, "value"}}, {"b", {2, "value"}}})}};

  EXPECT_THAT(CheckGraph(graph, KitOptions()),
              ElementsAre(Problem{
                  .location = "-.N2",
                  .port = "s",
                  .message = "-.N2: node 2 (t.upper): port \"s\": takes str, but the input \"x\" "
                             "also goes to port \"values\" of node 1 (t.total) at -.N1, which "
                             "takes list[int]; no value fits both",
                  .expected = "str",
                  .found = "list[int]"}));
}

TEST(InputUsesTest, UsesThatAValueSatisfiesAreRight) {
  const Graph graph{
      .nodes = {Input("x"), Call("t.half", {{"x", {0, "x"}}}),
                Call("t.add", {{"a", {0, "x"}}, {"b", {0, "x"}}}),
                Call("t.id", {{"value", {0, "x"}}}),
                Output({{"a", {1, "value"}}, {"b", {2, "value"}}, {"c", {3, "value"}}})}};

  EXPECT_THAT(MessagesOf(graph), IsEmpty());
}

TEST(InputUsesTest, FormatsCountToo) {
  const Graph graph{.nodes = {Input("x"), Call("t.mean", {{"a", {0, "x"}}}),
                              Call("t.half", {{"x", {0, "x"}}}),
                              Output({{"a", {1, "value"}}, {"b", {2, "value"}}})}};

  EXPECT_THAT(MessagesOf(graph),
              ElementsAre(HasSubstr("port \"x\": reads application/json, but the input \"x\" also "
                                    "goes to port \"a\" of node 1 (t.mean) at -.N1, which reads "
                                    "application/x-npy; no value fits both")));
}

TEST(InputUsesTest, AnInputIsFollowedIntoTheGraphsThatAreRun) {
  const Graph body{
      .nodes = {Input("y"), Call("t.upper", {{"s", {0, "y"}}}), Output({{"value", {1, "value"}}})}};
  const Graph graph{.nodes = {Input("x"), GraphConst(body), Eval({1, "value"}, {{"y", {0, "x"}}}),
                              Call("t.half", {{"x", {0, "x"}}}),
                              Output({{"a", {2, "value"}}, {"b", {3, "value"}}})}};

  EXPECT_THAT(
      MessagesOf(graph),
      ElementsAre(HasSubstr("-.N3: node 3 (t.half): port \"x\": takes float, but the input "
                            "\"x\" also goes to port \"s\" of node 1 (t.upper) at -.N1.N1")));
}

// A graph may look at its input before it chooses what to do with it.
TEST(InputUsesTest, BranchesThatMayNotRunDoNotCount) {
  Graph graph{.nodes = {Input("x"), Input("is text"), Call("t.upper", {{"s", {0, "x"}}}),
                        Call("t.half", {{"x", {0, "x"}}}),
                        IfElse({1, "is text"}, {2, "value"}, {3, "value"}),
                        Output({{"a", {4, "value"}}})}};
  EXPECT_THAT(MessagesOf(graph), IsEmpty());

  std::get<IfElseNode>(graph.nodes[4].kind).is_eager = true;
  EXPECT_THAT(MessagesOf(graph), ElementsAre(HasSubstr("no value fits both")));
}

TEST(InputUsesTest, ConditionsAreUses) {
  const Graph graph{.nodes = {Input("x"), Call("t.half", {{"x", {0, "x"}}}),
                              IfElse({0, "x"}, {1, "value"}, {1, "value"}),
                              Output({{"a", {2, "value"}}, {"b", {1, "value"}}})}};

  EXPECT_THAT(MessagesOf(graph),
              ElementsAre(HasSubstr("-.N2: node 2 (ifelse): port \"pred\": takes bool")));
}

}  // namespace
}  // namespace orrery::graph
