#include "client/cpp/builder.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "gmock/gmock.h"
#include "graph/graph_data.h"
#include "gtest/gtest.h"
#include "tests/unit/client/cpp/builder_tasks.h"
#include "tests/unit/client/cpp/graph_lines.h"

namespace orrery::client {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(GraphBuilderTest, ConstantsComeJustBeforeTheirNodeInInputOrder) {
  GraphBuilder g("demo");

  const auto line = g.Add(demo::Linspace{.start = 0.0, .stop = 10.0});
  const auto square = g.Add(demo::Reshape{.a = line, .shape = std::vector<std::int64_t>{5, 10}});
  g.Output("square", square);

  EXPECT_THAT(BuildLines(std::move(g)),
              ElementsAre("const 0.0", "const 10.0", "demo.linspace(start=0.value, stop=1.value)",
                          "const [5, 10]", "demo.reshape(a=2.value, shape=3.value)",
                          "output(square=4.value)"));
}

TEST(GraphBuilderTest, OptionalInputIsWiredOnlyWhenGiven) {
  GraphBuilder g("demo");

  g.Output("a", g.Add(demo::Linspace{.start = 0.0, .stop = 1.0, .num = 3}));

  EXPECT_THAT(
      BuildLines(std::move(g)),
      ElementsAre("const 0.0", "const 1.0", "const 3",
                  "demo.linspace(start=0.value, stop=1.value, num=2.value)", "output(a=3.value)"));
}

TEST(GraphBuilderTest, TaskHasThePolicyThatItIsGiven) {
  GraphBuilder g("demo");

  g.Output("a", g.Add(demo::Linspace{.start = 0.0, .stop = 1.0}, {.attempts = 3}));

  const absl::StatusOr<graph::Graph> graph = std::move(g).Build();
  ASSERT_TRUE(graph.ok()) << graph.status();
  EXPECT_EQ(std::get<graph::FunctionNode>(graph->nodes[2].kind).policy.attempts, 3u);
}

TEST(GraphBuilderTest, IntegerConstantForAFloatIsWrittenAsAFloat) {
  GraphBuilder g("demo");

  g.Output("a", g.Add(demo::Linspace{.start = 0, .stop = 1}));

  EXPECT_EQ(BuildLines(std::move(g)).front(), "const 0.0");
}

TEST(GraphBuilderTest, InputsAreNodesWhosePortHasTheirName) {
  GraphBuilder g("demo");

  const Port<std::int64_t> n = g.Input<std::int64_t>("n");
  g.Output("line", g.Add(demo::Linspace{.start = n, .stop = 2.5}));

  EXPECT_THAT(BuildLines(std::move(g)),
              ElementsAre("input n", "const 2.5", "demo.linspace(start=0.n, stop=1.value)",
                          "output(line=2.value)"));
}

TEST(GraphBuilderTest, TaskWithSeveralPortsGivesOneMemberEach) {
  GraphBuilder g("demo");

  const auto division = g.Add(demo::Divide{.a = 7, .b = 2});
  g.Output("q", division.quotient);
  g.Output("r", division.remainder);

  EXPECT_THAT(BuildLines(std::move(g)),
              ElementsAre("const 7", "const 2", "demo.divide(a=0.value, b=1.value)",
                          "output(q=2.quotient, r=2.remainder)"));
}

TEST(GraphBuilderTest, ConstantNodesCanBeShared) {
  GraphBuilder g("demo");

  const auto name = g.Const("Ada");
  g.Output("greeting", g.Add(demo::Greet{.name = name}));
  g.Output("name", name);

  EXPECT_THAT(BuildLines(std::move(g)), ElementsAre("const \"Ada\"", "demo.greet(name=0.value)",
                                                    "output(greeting=1.value, name=0.value)"));
}

TEST(GraphBuilderTest, ConstantThatIsNoTextFailsTheBuildByInputName) {
  GraphBuilder g("demo");

  g.Output("greeting", g.Add(demo::Greet{.name = "\xff"}));
  const absl::StatusOr<graph::Graph> graph = std::move(g).Build();

  EXPECT_EQ(graph.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(graph.status().message()), HasSubstr("input name of demo.greet"));
}

TEST(GraphBuilderTest, PortOfAnotherBuilderFailsTheBuild) {
  GraphBuilder other("other");
  const auto foreign = other.Input<std::string>("name");
  GraphBuilder g("demo");

  g.Output("greeting", g.Add(demo::Greet{.name = foreign}));
  const absl::StatusOr<graph::Graph> graph = std::move(g).Build();

  EXPECT_THAT(graph.status().ToString(), HasSubstr("a port of another builder"));
}

TEST(GraphBuilderTest, BuiltGraphSurvivesItsJsonForm) {
  GraphBuilder g("");
  g.Output("a", g.Add(demo::Linspace{.start = 0.0, .stop = 10.0}));
  const absl::StatusOr<graph::Graph> graph = std::move(g).Build();
  ASSERT_TRUE(graph.ok());

  const absl::StatusOr<graph::Graph> again = graph::ParseGraphData(graph::WriteGraphData(*graph));

  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(*again, *graph);
}

}  // namespace
}  // namespace orrery::client
