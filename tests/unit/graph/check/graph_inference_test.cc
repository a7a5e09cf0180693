#include "graph/check/graph_inference.h"

#include "tests/unit/graph/check/graph_kit.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery::graph {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Graph Identity() { return {.nodes = {Input("x"), Output({{"value", {0, "x"}}})}}; }

TEST(GraphInferenceTest, AConstantHasTheTypeOfItsData) {
  EXPECT_EQ(TypeAt({Const("[1, 2]")}, {0, "value"}), "list[int]");
  EXPECT_EQ(TypeAt({Const("[1, \"a\"]")}, {0, "value"}), "list[int | str]");
  EXPECT_EQ(TypeAt({Const("{\"a\": 1.5}")}, {0, "value"}), "{a: float}");
  EXPECT_EQ(TypeAt({{ConstNode{BytesValue("ab")}, {}}}, {0, "value"}), "bytes");
  EXPECT_EQ(TypeAt({GraphConst(Increment())}, {0, "value"}), "graph");
}

TEST(GraphInferenceTest, AMismatchNamesPlacePortAndBothTypes) {
  const Graph graph{.nodes = {Const("1"), Const("\"a\""),
                              Call("t.add", {{"a", {0, "value"}}, {"b", {1, "value"}}}),
                              Output({})}};

  EXPECT_THAT(CheckGraph(graph, KitOptions()),
              ElementsAre(Problem{.location = "-.N2",
                                  .port = "b",
                                  .message = "-.N2: node 2 (t.add): port \"b\": node 1 (const) "
                                             "gives str, but this port takes int",
                                  .expected = "int",
                                  .found = "str"}));
}

TEST(GraphInferenceTest, TypeVariablesAreBoundForEachCall) {
  const std::vector<Node> nodes = {Const("[1, 2]"), Const("[\"a\"]"),
                                   Call("t.head", {{"v", {0, "value"}}}),
                                   Call("t.head", {{"v", {1, "value"}}})};

  EXPECT_EQ(TypeAt(nodes, {2, "head"}), "int");
  EXPECT_EQ(TypeAt(nodes, {2, "rest"}), "list[int]");
  EXPECT_EQ(TypeAt(nodes, {3, "head"}), "str");
  EXPECT_EQ(TypeAt(nodes, {3, "rest"}), "list[str]");
}

TEST(GraphInferenceTest, WhatAVariableMeetsIsJoinedIfItIsRelated) {
  const auto append = [](std::string list, std::string element) {
    return std::vector<Node>{Const(std::move(list)), Const(std::move(element)),
                             Call("t.append", {{"v", {0, "value"}}, {"a", {1, "value"}}})};
  };

  EXPECT_EQ(TypeAt(append("[1]", "2"), {2, "value"}), "list[int]");
  EXPECT_EQ(TypeAt(append("[1]", "2.5"), {2, "value"}), "list[float]");
  EXPECT_EQ(TypeAt(append("[]", "2"), {2, "value"}), "list[int]");
  EXPECT_EQ(TypeAt(append("[1]", "\"a\""), {2, "value"}),
            "-.N2: node 2 (t.append): port \"a\": node 1 (const) gives str for T, but T is int at "
            "port \"v\"");
}

TEST(GraphInferenceTest, AnUnknownArgumentLeavesAVariableUnknown) {
  const std::vector<Node> nodes = {Input("v"), Call("t.head", {{"v", {0, "v"}}})};

  EXPECT_EQ(TypeAt(nodes, {1, "head"}), "unknown");
  EXPECT_EQ(TypeAt(nodes, {1, "rest"}), "list[unknown]");
}

TEST(GraphInferenceTest, UntypedTasksFitEverything) {
  const Graph graph{.nodes = {Call("t.mystery", {}), Call("t.upper", {{"s", {0, "value"}}}),
                              Call("nobody.task", {{"a", {1, "value"}}}),
                              Call("t.add", {{"a", {2, "x"}}, {"b", {2, "y"}}}), Output({})}};

  EXPECT_THAT(MessagesOf(graph), IsEmpty());
}

TEST(GraphInferenceTest, GivenTypesReachTheTasks) {
  const Graph graph{.nodes = {Input("s"), Call("t.upper", {{"s", {-1, "s"}}}), Output({})}};
  CheckOptions options = KitOptions();
  EXPECT_THAT(MessagesOf(graph, options), IsEmpty());

  options.given_types["s"] = {kInt, {kJson}};

  EXPECT_THAT(MessagesOf(graph, options),
              ElementsAre("-.N1: node 1 (t.upper): port \"s\": the input \"s\" gives int, but this "
                          "port takes str"));
}

TEST(GraphInferenceTest, FixedInputsHaveTheTypesOfTheirValues) {
  Graph graph{.nodes = {Input("s"), Call("t.upper", {{"s", {0, "s"}}}), Output({})}};
  graph.fixed_inputs["s"] = JsonValue("[]");

  EXPECT_THAT(MessagesOf(graph), ElementsAre(HasSubstr("gives list[unknown], but this port")));
}

TEST(GraphInferenceTest, AnEvalGivesWhatItsGraphGives) {
  const std::vector<Node> nodes = {Const("\"a\""), GraphConst(Identity()),
                                   Eval({1, "value"}, {{"x", {0, "value"}}})};

  EXPECT_EQ(TypeAt(nodes, {2, "value"}), "str");
  EXPECT_EQ(TypeAt(nodes, {2, "body"}), "graph");
}

TEST(GraphInferenceTest, AGraphIsCheckedWithTheTypesOfEachUse) {
  const Graph graph{.nodes = {Const("1"), Const("\"a\""), GraphConst(Increment()),
                              Eval({2, "value"}, {{"x", {0, "value"}}}),
                              Eval({2, "value"}, {{"x", {1, "value"}}}), Output({})}};

  EXPECT_THAT(CheckGraph(graph, KitOptions()),
              ElementsAre(Problem{
                  .location = "-.N2.N2",
                  .port = "a",
                  .message = "-.N2.N2: node 2 (t.add): port \"a\": node 0 (input) gives str, but "
                             "this port takes int; the graph is run by node 4 (eval) at -.N4",
                  .expected = "int",
                  .found = "str"}));
}

TEST(GraphInferenceTest, FormatsPassThroughGraphs) {
  const Graph graph{.nodes = {Call("t.array", {}), GraphConst(Identity()),
                              Eval({1, "value"}, {{"x", {0, "value"}}}),
                              Call("t.mean", {{"a", {2, "value"}}}),
                              Call("t.half", {{"x", {2, "value"}}}), Output({})}};

  EXPECT_THAT(MessagesOf(graph),
              ElementsAre("-.N4: node 4 (t.half): port \"x\": node 2 (eval) writes "
                          "application/x-npy, but this port reads application/json"));
}

TEST(GraphInferenceTest, APartialGraphHasItsInputsFixed) {
  const Graph add{.nodes = {Input("a"), Input("b"),
                            Call("t.add", {{"a", {0, "a"}}, {"b", {1, "b"}}}),
                            Output({{"sum", {2, "value"}}})}};
  std::vector<Node> nodes = {Const("1"), Const("\"a\""), GraphConst(add),
                             Eval({2, "value"}, {{"a", {0, "value"}}}),
                             Eval({3, "body"}, {{"b", {0, "value"}}})};
  EXPECT_EQ(TypeAt(nodes, {4, "sum"}), "int");

  nodes[4].inputs.clear();
  EXPECT_EQ(TypeAt(nodes, {4, "sum"}),
            "-.N4: node 4 (eval): its graph needs the input \"b\", which is not wired");

  nodes[4].inputs = {{"b", {1, "value"}}};
  EXPECT_THAT(TypeAt(nodes, {4, "sum"}), HasSubstr("port \"b\": node 1 (input) gives str"));
}

TEST(GraphInferenceTest, AGraphMayBeAnArgument) {
  const Graph apply{.nodes = {Input("f"), Input("y"), Eval({0, "f"}, {{"x", {1, "y"}}}),
                              Output({{"result", {2, "value"}}})}};
  std::vector<Node> nodes = {Const("1"), GraphConst(Increment()), GraphConst(apply),
                             Eval({2, "value"}, {{"f", {1, "value"}}, {"y", {0, "value"}}})};
  EXPECT_EQ(TypeAt(nodes, {3, "result"}), "int");

  nodes[0] = Const("\"a\"");
  EXPECT_THAT(TypeAt(nodes, {3, "result"}),
              HasSubstr("-.N1.N2: node 2 (t.add): port \"a\": node 0 (input) gives str, but this "
                        "port takes int; the graph is run by node 2 (eval) at -.N2.N2"));
}

TEST(GraphInferenceTest, WhatIsRunMayTurnOutToBeAGraph) {
  const auto run = [](Node graph) {
    return TypeAt({std::move(graph), Eval({0, "value"}, {{"x", {0, "value"}}})}, {1, "value"});
  };

  EXPECT_EQ(run(Call("t.mystery", {})), "unknown");
  EXPECT_EQ(run(Call("t.array", {})), "unknown");
  EXPECT_EQ(TypeAt({Const("1"), Call("t.id", {{"value", {0, "value"}}}), Eval({1, "value"}, {})},
                   {2, "value"}),
            "-.N2: node 2 (eval): port \"graph\": node 1 (t.id) gives int, but this port takes "
            "graph");
}

TEST(GraphInferenceTest, AnIfElseGivesWhatOneOfItsBranchesGives) {
  const auto choose = [](std::string if_true, std::string if_false) {
    return std::vector<Node>{Const("true"), Const(std::move(if_true)), Const(std::move(if_false)),
                             IfElse({0, "value"}, {1, "value"}, {2, "value"})};
  };

  EXPECT_EQ(TypeAt(choose("1", "2"), {3, "value"}), "int");
  EXPECT_EQ(TypeAt(choose("1", "2.5"), {3, "value"}), "float");
  EXPECT_EQ(TypeAt(choose("1", "\"a\""), {3, "value"}), "int | str");
  EXPECT_EQ(
      TypeAt({Input("p"), Const("1"), IfElse({0, "p"}, {1, "value"}, {0, "p"})}, {2, "value"}),
      "unknown");
}

TEST(GraphInferenceTest, EveryBranchMustFit) {
  const Graph graph{.nodes = {Const("true"), Const("1"), Call("t.array", {}),
                              IfElse({0, "value"}, {1, "value"}, {2, "value"}),
                              Call("t.mean", {{"a", {3, "value"}}}),
                              Call("t.upper", {{"s", {3, "value"}}}), Output({})}};

  EXPECT_THAT(MessagesOf(graph),
              ElementsAre("-.N4: node 4 (t.mean): port \"a\": node 3 (ifelse) gives int | "
                          "numpy.ndarray, but this port takes numpy.ndarray",
                          "-.N5: node 5 (t.upper): port \"s\": node 3 (ifelse) gives int | "
                          "numpy.ndarray, but this port takes str"));
}

TEST(GraphInferenceTest, AConditionIsABool) {
  const Graph graph{
      .nodes = {Const("1"), IfElse({0, "value"}, {0, "value"}, {0, "value"}), Output({})}};

  EXPECT_THAT(MessagesOf(graph),
              ElementsAre("-.N1: node 1 (ifelse): port \"pred\": node 0 (const) gives int, but "
                          "this port takes bool"));
}

TEST(GraphInferenceTest, AMapGivesTheElementsOfItsGraph) {
  const Graph body{.nodes = {Input("x"), Input("offset"),
                             Call("t.add", {{"a", {0, "x"}}, {"b", {1, "offset"}}}),
                             Call("t.half", {{"x", {2, "value"}}}),
                             Output({{"sum", {2, "value"}}, {"half", {3, "value"}}})}};
  const std::vector<Node> nodes = {Const("[1, 2]"),
                                   Const("5"),
                                   GraphConst(body),
                                   Unfold({0, "value"}),
                                   Map({2, "value"}, {{"x", {3, "*"}}, {"offset", {1, "value"}}}),
                                   Fold({4, "sum-*"}),
                                   Fold({4, "half-*"})};

  EXPECT_EQ(TypeAt(nodes, {5, "value"}), "list[int]");
  EXPECT_EQ(TypeAt(nodes, {6, "value"}), "list[float]");
  EXPECT_THAT(TypeAt(nodes, {4, "*"}), HasSubstr("node 4 (map) has no port \"*\""));
}

TEST(GraphInferenceTest, TheOneOutputOfAMapIsAlsoItsStar) {
  const std::vector<Node> nodes = {Const("[1, 2]"),
                                   GraphConst(Increment()),
                                   Unfold({0, "value"}),
                                   Map({1, "value"}, {{"x", {2, "*"}}}),
                                   Map({1, "value"}, {{"x", {3, "*"}}}),
                                   Fold({4, "*"}),
                                   Map({1, "value"}, {{"x", {3, "value-*"}}}),
                                   Fold({6, "value-*"})};

  EXPECT_EQ(TypeAt(nodes, {5, "value"}), "list[int]");
  EXPECT_EQ(TypeAt(nodes, {7, "value"}), "list[int]");
}

TEST(GraphInferenceTest, ElementsAreCheckedInTheMap) {
  const Graph graph{.nodes = {Const("[1, \"a\"]"), GraphConst(Increment()), Unfold({0, "value"}),
                              Map({1, "value"}, {{"x", {2, "*"}}}), Output({})}};

  EXPECT_THAT(
      MessagesOf(graph),
      ElementsAre("-.N1.N2: node 2 (t.add): port \"a\": node 0 (input) gives int | str, but "
                  "this port takes int; the graph is run by node 3 (map) at -.N3"));
}

TEST(GraphInferenceTest, OnlyAListIsUnfolded) {
  EXPECT_EQ(TypeAt({Const("1"), Unfold({0, "value"})}, {1, "*"}),
            "-.N1: node 1 (builtins.unfold_values): port \"value\": node 0 (const) gives int, but "
            "this port takes list[T]");
}

TEST(GraphInferenceTest, ElementsGoOnlyWhereTheyAreTaken) {
  const Graph graph{.nodes = {Const("[1]"), Unfold({0, "value"}),
                              Call("t.add", {{"a", {1, "*"}}, {"b", {1, "*"}}}),
                              Output({{"value", {1, "*"}}})}};

  EXPECT_THAT(MessagesOf(graph),
              ElementsAre("-.N2: node 2 (t.add): port \"a\": node 1 (builtins.unfold_values) gives "
                          "the elements of its port \"*\" one by one, which only a map or "
                          "builtins.fold_values takes",
                          HasSubstr("-.N2: node 2 (t.add): port \"b\""),
                          HasSubstr("-.N3: node 3 (output): port \"value\"")));
}

TEST(GraphInferenceTest, APlainValueIsNotFolded) {
  EXPECT_THAT(MessagesOf({.nodes = {Const("[1]"), Fold({0, "value"}), Output({})}}),
              ElementsAre("-.N1: node 1 (builtins.fold_values): port \"values_glob\": node 0 "
                          "(const) gives one value, but this port takes the elements of a port * "
                          "or x-*"));
}

TEST(GraphInferenceTest, AGraphThatRunsItselfIsUnknownWhereItComesRoundAgain) {
  const Graph countdown{.nodes = {Input("n"), Const("0"), Const("-1"),
                                  Call("t.less", {{"a", {1, "value"}}, {"b", {0, "n"}}}),
                                  Call("t.add", {{"a", {0, "n"}}, {"b", {2, "value"}}}),
                                  Eval({-1, "body"}, {{"n", {4, "value"}}}),
                                  IfElse({3, "value"}, {5, "value"}, {0, "n"}),
                                  Output({{"value", {6, "value"}}})}};
  EXPECT_THAT(MessagesOf(countdown), IsEmpty());

  const std::vector<Node> nodes = {Const("\"ten\""), GraphConst(countdown),
                                   Eval({1, "value"}, {{"n", {0, "value"}}})};
  EXPECT_THAT(TypeAt(nodes, {2, "value"}), HasSubstr("gives str, but this port takes float"));
}

// A loop's body: n, acc -> again: n < 3, acc: `step`
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
