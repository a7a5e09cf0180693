#include "graph/render/node_text.h"

#include "gtest/gtest.h"

namespace orrery::graph {
namespace {

TEST(NodeTitleTest, TitleIsTheNameOrTheValue) {
  EXPECT_EQ(NodeTitle({InputNode{"x"}, {}}, 20), "x");
  EXPECT_EQ(NodeTitle({FunctionNode{"a.b"}, {}}, 20), "a.b");
  EXPECT_EQ(NodeTitle({ConstNode{JsonValue("[1, 2]")}, {}}, 20), "[1, 2]");
  EXPECT_EQ(NodeTitle({ConstNode{BytesValue("ab")}, {}}, 50),
            "<2 bytes of application/octet-stream>");
  EXPECT_EQ(NodeTitle({LoopNode{{0, "value"}, "more", "fib"}, {}}, 20), "fib, while more");
  EXPECT_EQ(NodeTitle({LoopNode{{0, "value"}, "more", ""}, {}}, 20), "while more");
  EXPECT_EQ(NodeTitle({OutputNode{}, {}}, 20), "");
}

TEST(ReferenceFlawTest, OnlyEarlierNodesAndTheOutsideAreRight) {
  const Graph graph{.nodes = {{ConstNode{}, {}}, {ConstNode{}, {}}}};

  EXPECT_EQ(ReferenceFlaw(graph, 1, {0, "value"}), "");
  EXPECT_EQ(ReferenceFlaw(graph, 0, {kOutside, "body"}), "");
  EXPECT_EQ(ReferenceFlaw(graph, 1, {1, "value"}), "not before it");
  EXPECT_EQ(ReferenceFlaw(graph, 1, {2, "value"}), "no such node");
  EXPECT_EQ(ReferenceFlaw(graph, 1, {-2, "value"}), "no such node");
}

TEST(IsMappedInputTest, OnlyAMapTakesApart) {
  const NodeInput whole = {"x", {0, "value"}};
  const NodeInput each = {"x", {0, "x-*"}};

  EXPECT_TRUE(IsMappedInput({MapNode{}, {}}, each));
  EXPECT_FALSE(IsMappedInput({MapNode{}, {}}, whole));
  EXPECT_FALSE(IsMappedInput({FunctionNode{"builtins.fold_values"}, {}}, each));
}

}  // namespace
}  // namespace orrery::graph
