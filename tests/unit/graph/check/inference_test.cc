#include "graph/check/inference.h"

#include <algorithm>

#include "graph/limits.h"
#include "tests/unit/graph/check/graph_kit.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery::graph {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Runs `inner` twice, one after the other.
Graph Twice(const Graph& inner) {
  return {.nodes = {Input("x"), GraphConst(inner), Eval({1, "value"}, {{"x", {0, "x"}}}),
                    Eval({1, "value"}, {{"x", {2, "value"}}}), Output({{"value", {3, "value"}}})}};
}

TEST(InferenceTest, NestedGraphsThatFanOutAreLookedAtOnce) {
  Graph graph = Increment();
  for (int depth = 0; depth < 60; ++depth) graph = Twice(graph);

  // The innermost graph would be run 2 to the power of 60 times.
  EXPECT_THAT(MessagesOf(graph), IsEmpty());
}

TEST(InferenceTest, AProblemIsToldOnceHoweverOftenTheGraphIsRun) {
  std::vector<Node> nodes = {GraphConst(Increment())};
  for (const char* const json : {"\"a\"", "[]", "[1]", "true", "null", "1.5"}) {
    nodes.push_back(Const(json));
    nodes.push_back(Eval({0, "value"}, {{"x", {static_cast<int>(nodes.size()) - 1, "value"}}}));
  }
  nodes.push_back(Output({}));

  EXPECT_THAT(MessagesOf({.nodes = nodes}),
              ElementsAre(HasSubstr("-.N0.N2: node 2 (t.add): port \"a\": node 0 (input) gives "
                                    "str")));
}

TEST(InferenceTest, ProblemsAreInTheOrderOfTheirPlaces) {
  Graph inner = Increment();
  inner.nodes[2].inputs.pop_back();
  const Graph graph{.nodes = {Const("\"a\""), GraphConst(inner), Call("t.add", {}),
                              Eval({1, "value"}, {{"x", {0, "value"}}}),
                              Output({{"v", {3, "w"}}})}};
  std::vector<std::string> places;

  for (const Problem& problem : CheckGraph(graph, KitOptions())) {
    places.push_back(problem.location + " " + problem.port);
  }

  EXPECT_THAT(places, ElementsAre("-.N1.N2 b", "-.N1.N2 a", "-.N2 a", "-.N2 b", "-.N4 v"));
}

// Each link runs the next one, which it is given as an input, so that nothing is nested.
TEST(InferenceTest, ADeepChainOfGraphsIsUnknownBeyondTheLimit) {
  const Graph link{.nodes = {Input("next"), Input("x"), Eval({0, "next"}, {{"x", {1, "x"}}}),
                             Output({{"value", {2, "value"}}})}};
  std::vector<Node> nodes = {Const("1"), GraphConst(Increment())};
  int next = 1;
  const auto type_after = [&](std::size_t length) {
    std::string port = "value";
    while (nodes.size() < 2 + 2 * length) {
      nodes.push_back(GraphConst(link));
      nodes.push_back(Eval({static_cast<int>(nodes.size()) - 1, "value"},
                           {{"next", {next, next == 1 ? "value" : "body"}}}));
      next = static_cast<int>(nodes.size()) - 1;
    }
    std::vector<Node> run = nodes;
    run.push_back(Eval({next, "body"}, {{"x", {0, "value"}}}));
    return TypeAt(run, {static_cast<int>(nodes.size()), "value"});
  };

  EXPECT_EQ(type_after(kLimits.nested_graphs.max / 2), "int");
  EXPECT_EQ(type_after(kLimits.nested_graphs.max + 1), "unknown");
}

TEST(InferenceTest, AGraphGivenToItselfTerminates) {
  const Graph selfish{
      .nodes = {Input("f"), Eval({0, "f"}, {{"f", {0, "f"}}}), Output({{"value", {1, "value"}}})}};
  const std::vector<Node> nodes = {GraphConst(selfish), Eval({0, "value"}, {{"f", {0, "value"}}})};

  EXPECT_EQ(TypeAt(nodes, {1, "value"}), "unknown");
}

TEST(InferenceTest, TypesThatDoubleWithEachCallStaySmall) {
  std::vector<Node> nodes = {Const("1")};
  for (int i = 0; i < 10'000; ++i) {
    nodes.push_back(Call("t.pair", {{"a", {i, "value"}}, {"b", {i, "value"}}}));
  }
  nodes.push_back(Output({{"value", {10'000, "value"}}}));

  EXPECT_THAT(MessagesOf({.nodes = nodes}), IsEmpty());
}

// Every eval gives the graph a struct that no other eval gives it.
TEST(InferenceTest, WorkIsLimited) {
  Graph body = Increment();
  body.nodes[2] = Call("t.mystery", {});
  body.nodes.pop_back();
  while (body.nodes.size() < 10'000) body.nodes.push_back(Call("t.mystery", {}));
  body.nodes.push_back(Output({}));
  std::vector<Node> nodes = {GraphConst(body)};
  for (int i = 0; i < 3000; ++i) {
    nodes.push_back(Const("{\"a" + std::to_string(i) + "\": 1}"));
    nodes.push_back(Eval({0, "value"}, {{"x", {static_cast<int>(nodes.size()) - 1, "value"}}}));
  }
  nodes.push_back(Output({}));

  EXPECT_THAT(CheckGraph({.nodes = nodes}, KitOptions()),
              ElementsAre(Problem{
                  .location = "-",
                  .message = "the graph takes more than 2000000 steps to check; run its constant "
                             "graphs with fewer different types, or make it smaller (limit "
                             "inference_steps)"}));
}

TEST(InferenceTest, ALargeGraphIsCheckedInTime) {
  std::vector<Node> nodes = {Const("1"), Const("2")};
  constexpr int kCount = 300'000;
  while (nodes.size() < kCount - 1) {
    const int last = static_cast<int>(nodes.size()) - 1;
    nodes.push_back(Call("t.add", {{"a", {last, "value"}}, {"b", {last - 1, "value"}}}));
  }
  nodes.push_back(Output({{"value", {kCount - 2, "value"}}}));

  EXPECT_THAT(MessagesOf({.nodes = std::move(nodes)}), IsEmpty());
}

}  // namespace
}  // namespace orrery::graph
