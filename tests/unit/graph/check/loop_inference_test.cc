// The loops of graph/check/graph_inference.h.

#include "tests/unit/graph/check/graph_kit.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery::graph {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// n, acc -> again: n < 3, acc: `step`
Graph Body(Node step) {
  return {.nodes = {Input("n"), Input("acc"), Const("3"),
                    Call("t.less", {{"a", {0, "n"}}, {"b", {2, "value"}}}), std::move(step),
                    Output({{"again", {3, "value"}}, {"acc", {4, "value"}}})}};
}

std::vector<Node> RunLoop(Graph body, std::string acc) {
  return {Const("0"), Const(std::move(acc)), GraphConst(body),
          Loop({2, "value"}, "again", {{"n", {0, "value"}}, {"acc", {1, "value"}}})};
}

TEST(LoopInferenceTest, EveryOutputOfTheBodyIsOneOfTheLoop) {
  const std::vector<Node> nodes =
      RunLoop(Body(Call("t.add", {{"a", {1, "acc"}}, {"b", {0, "n"}}})), "1");

  EXPECT_EQ(TypeAt(nodes, {3, "acc"}), "int");
  EXPECT_EQ(TypeAt(nodes, {3, "again"}), "bool");
  EXPECT_THAT(TypeAt(nodes, {3, "n"}), HasSubstr("node 3 (loop) has no port \"n\""));
}

TEST(LoopInferenceTest, OutputsAreTheInputsOfTheNextIteration) {
  const Graph body = Body(Call("t.half", {{"x", {1, "acc"}}}));
  EXPECT_EQ(TypeAt(RunLoop(body, "1"), {3, "acc"}), "float");

  // The first iteration has an int, the second one a float.
  const Graph picky{.nodes = {Input("acc"), Call("t.add", {{"a", {0, "acc"}}, {"b", {0, "acc"}}}),
                              Call("t.half", {{"x", {1, "value"}}}), Const("true"),
                              Output({{"again", {3, "value"}}, {"acc", {2, "value"}}})}};
  const Graph graph{.nodes = {Const("1"), GraphConst(picky),
                              Loop({1, "value"}, "again", {{"acc", {0, "value"}}}), Output({})}};
  EXPECT_THAT(MessagesOf(graph),
              ElementsAre("-.N1.N1: node 1 (t.add): port \"a\": node 0 (input) gives float, but "
                          "this port takes int; the graph is run by node 2 (loop) at -.N2",
                          HasSubstr("-.N1.N1: node 1 (t.add): port \"b\"")));
}

TEST(LoopInferenceTest, InputsThatTheBodyDoesNotOutputAreCarriedUnchanged) {
  const Graph body = Body(Call("t.id", {{"value", {0, "n"}}}));

  EXPECT_EQ(TypeAt(RunLoop(body, "\"a\""), {3, "acc"}), "int");
}

TEST(LoopInferenceTest, AListMayGrow) {
  const Graph body = Body(Call("t.append", {{"v", {1, "acc"}}, {"a", {0, "n"}}}));

  EXPECT_EQ(TypeAt(RunLoop(body, "[]"), {3, "acc"}), "list[int]");
  EXPECT_EQ(TypeAt(RunLoop(body, "[1.5]"), {3, "acc"}), "list[float]");
  EXPECT_THAT(TypeAt(RunLoop(body, "[\"a\"]"), {3, "acc"}),
              HasSubstr("gives int for T, but T is str at port \"v\""));
}

TEST(LoopInferenceTest, ATypeThatGrowsWithoutEndBecomesUnknown) {
  const Graph body = Body(Call("t.pair", {{"a", {1, "acc"}}, {"b", {1, "acc"}}}));

  EXPECT_EQ(TypeAt(RunLoop(body, "1"), {3, "acc"}), "tuple[unknown, unknown]");
}

TEST(LoopInferenceTest, ALongShiftRegisterSettles) {
  Graph body;
  std::vector<NodeInput> outputs;
  std::vector<NodeInput> inputs;
  std::vector<Node> nodes = {Const("0"), Const("\"a\""), Const("true")};
  constexpr int kLength = 100;
  for (int i = 0; i < kLength; ++i) {
    const std::string name = "r" + std::to_string(i);
    body.nodes.push_back(Input(name));
    inputs.push_back({name, {i == 0 ? 1 : 0, "value"}});
    if (i > 0) outputs.push_back({name, {i - 1, "r" + std::to_string(i - 1)}});
  }
  body.nodes.push_back(Const("true"));
  outputs.push_back({"again", {kLength, "value"}});
  body.nodes.push_back(Output(std::move(outputs)));
  nodes.push_back(GraphConst(body));
  nodes.push_back(Loop({3, "value"}, "again", std::move(inputs)));

  EXPECT_EQ(TypeAt(nodes, {4, "r1"}), "str");
  EXPECT_EQ(TypeAt(nodes, {4, "r99"}), "unknown");
  EXPECT_EQ(TypeAt(nodes, {4, "again"}), "bool");
}

TEST(LoopInferenceTest, TheContinuePortIsABool) {
  const Graph graph{.nodes = {Const("1"), GraphConst(Increment()),
                              Loop({1, "value"}, "value", {{"x", {0, "value"}}}), Output({})}};

  EXPECT_THAT(MessagesOf(graph),
              ElementsAre("-.N2: node 2 (loop): port \"value\": its graph gives int, but this port "
                          "takes bool"));
}

TEST(LoopInferenceTest, AFixedInputMayBeOverwritten) {
  Graph body = Body(Call("t.half", {{"x", {1, "acc"}}}));
  body.fixed_inputs["acc"] = JsonValue("1");
  const std::vector<Node> nodes = {Const("0"), GraphConst(body),
                                   Loop({1, "value"}, "again", {{"n", {0, "value"}}})};

  EXPECT_EQ(TypeAt(nodes, {2, "acc"}), "float");
}

TEST(LoopInferenceTest, AnUnknownBodyIsNoProblem) {
  const Graph graph{.nodes = {Input("body graph"), Const("1"),
                              Loop({0, "body graph"}, "again", {{"x", {1, "value"}}}),
                              Call("t.upper", {{"s", {2, "x"}}}), Output({})}};

  EXPECT_THAT(MessagesOf(graph), IsEmpty());
}

}  // namespace
}  // namespace orrery::graph
