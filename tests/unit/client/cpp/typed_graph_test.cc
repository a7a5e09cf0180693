#include "client/cpp/typed_graph.h"

#include <cstdint>
#include <string>
#include <utility>
#include <variant>

#include "client/cpp/builtins.h"
#include "gmock/gmock.h"
#include "graph/graph_data.h"
#include "gtest/gtest.h"
#include "tests/unit/client/cpp/builder_tasks.h"
#include "tests/unit/client/cpp/checked_graph.h"
#include "tests/unit/client/cpp/families.h"
#include "tests/unit/client/cpp/graph_lines.h"

namespace orrery::client {
namespace {

using demo::Int;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using Line = TypedGraph<Port<double>, Port<demo::Array>>;

graph::Graph Parsed(std::string_view json) {
  absl::StatusOr<graph::Graph> graph = graph::ParseGraphData(json);
  EXPECT_TRUE(graph.ok()) << graph.status();
  return graph.value_or(graph::Graph());
}

TEST(TypedGraphTest, IsAnEvalOfItsConstantGraph) {
  const absl::StatusOr<Line> body = Line::Define("line", [](GraphBuilder& g, Port<double> stop) {
    return g.Add(demo::Linspace{.start = 0.0, .stop = stop});
  });
  ASSERT_TRUE(body.ok()) << body.status();
  GraphBuilder g("demo");

  const Port<double> stop = g.Const(3.0);
  g.Output("a", g.Eval(*body, stop));

  EXPECT_THAT(BuildLines(std::move(g)),
              ElementsAre("const 3.0", "const graph", "  input value", "  const 0.0",
                          "  demo.linspace(start=1.value, stop=0.value)", "  output(value=2.value)",
                          "eval of 1.value(value=0.value)", "output(a=2.value)"));
}

TEST(TypedGraphTest, TakesASingleConstantAsItIs) {
  const absl::StatusOr<Line> body = Line::Define("line", [](GraphBuilder& g, Port<double> stop) {
    return g.Add(demo::Linspace{.start = 0.0, .stop = stop});
  });
  GraphBuilder g("demo");

  g.Output("a", g.Eval(*body, 3));

  EXPECT_EQ(BuildLines(std::move(g))[5], "const 3.0");
}

TEST(TypedGraphTest, PortOfTheOuterGraphInsideIsAnError) {
  GraphBuilder g("demo");
  const Port<double> outer = g.Const(1.0);

  const absl::StatusOr<Line> body =
      Line::Define("line", [&outer](GraphBuilder& inner, const Port<double>& stop) {
        return inner.Add(demo::Linspace{.start = outer, .stop = stop});
      });

  EXPECT_THAT(body.status().ToString(), HasSubstr("input start of demo.linspace"));
}

TEST(TypedGraphTest, RunsItselfThroughItsBody) {
  using Sum = TypedGraph<Port<Int>, Port<Int>>;
  const absl::StatusOr<Sum> sum =
      Sum::Define("sum up to", [](GraphBuilder& g, Port<Int> n, const Port<Sum>& self) {
        const auto pred = g.Add(builtins::IGt{.a = n, .b = 0});
        const auto less = g.Add(builtins::ISubtract{.a = n, .b = 1});
        return g.IfElse(pred, g.Add(builtins::IAdd{.a = n, .b = g.Eval(self, less)}), 0);
      });
  ASSERT_TRUE(sum.ok()) << sum.status();

  EXPECT_EQ(LinesOf(sum->graph())[5], "eval of -1.body(value=4.value)");
  EXPECT_THAT(ProblemsOf(sum->graph()), IsEmpty());
}

TEST(TypedGraphTest, MayTakeNothing) {
  using Answer = TypedGraph<NoPorts, Port<Int>>;
  const absl::StatusOr<Answer> answer =
      Answer::Define("answer", [](GraphBuilder& g, NoPorts) { return g.Const(42); });
  ASSERT_TRUE(answer.ok()) << answer.status();
  GraphBuilder g("demo");

  g.Output("answer", g.Eval(*answer, {}));

  EXPECT_EQ(BuildLines(std::move(g)).back(), "output(answer=1.value)");
}

TEST(TypedGraphTest, TakesAndGivesGraphs) {
  using Twice = TypedGraph<Port<Int>, Port<Int>>;
  using Compose = TypedGraph<Port<Twice>, Port<Twice>>;
  const absl::StatusOr<Compose> id = Compose::Define(
      "identity", [](GraphBuilder& g, Port<Twice> f) { return g.Add(builtins::Id<Twice>{f}); });
  const absl::StatusOr<Twice> twice = Twice::Define(
      "twice", [](GraphBuilder& g, Port<Int> x) { return g.Add(builtins::IAdd{.a = x, .b = x}); });
  ASSERT_TRUE(id.ok() && twice.ok());
  GraphBuilder g("demo");

  const Port<Twice> same = g.Eval(*id, *twice);
  g.Output("y", g.Eval(same, 4));
  const absl::StatusOr<graph::Graph> graph = std::move(g).Build();

  ASSERT_TRUE(graph.ok()) << graph.status();
  EXPECT_THAT(ProblemsOf(*graph), IsEmpty());
  EXPECT_EQ(LinesOf(*graph).back(), "output(y=4.value)");
}

TEST(TypedGraphTest, GraphFromElsewhereNeedsTheRightNames) {
  const graph::Graph right = Parsed(
      R"({"nodes": [{"type": "input", "name": "intercept"}, {"type": "input", "name": "x"},
                    {"type": "output", "inputs": {"value": [1, "x"]}}]})");
  const graph::Graph wrong = Parsed(
      R"({"nodes": [{"type": "input", "name": "y"},
                    {"type": "output", "inputs": {"value": [0, "y"]}}]})");

  EXPECT_TRUE(demo::Sum::From(right).ok());
  EXPECT_THAT(demo::Sum::From(wrong).status().ToString(),
              HasSubstr("the graph has inputs [y]: expected [intercept, x]"));
}

TEST(TypedGraphTest, InputThatAGraphFromElsewhereHasFixedIsNotWanted) {
  graph::Graph graph = Parsed(
      R"({"nodes": [{"type": "input", "name": "intercept"}, {"type": "input", "name": "x"},
                    {"type": "output", "inputs": {"value": [1, "x"]}}]})");
  graph.fixed_inputs["intercept"] = graph::JsonValue("5");

  EXPECT_TRUE((TypedGraph<demo::OnlyX<Port>, Port<Int>>::From(graph).ok()));
  EXPECT_FALSE(demo::Sum::From(graph).ok());
}

}  // namespace
}  // namespace orrery::client
