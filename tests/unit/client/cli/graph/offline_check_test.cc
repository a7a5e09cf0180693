#include "client/cli/graph/offline_check.h"

#include <memory>
#include <utility>

#include "gmock/gmock.h"
#include "graph/json.h"
#include "graph/limits.h"
#include "gtest/gtest.h"

namespace orrery::cli {
namespace {

using graph::ConstNode;
using graph::FunctionNode;
using graph::Graph;
using graph::OutputNode;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

graph::Catalog DemoCatalog() {
  return {.worker = "demo",
          .tasks = {
              {.name = "linspace", .inputs = {{.name = "start"}}, .outputs = {{.name = "value"}}}}};
}

Graph Calling(const std::string& function) {
  return {.nodes = {{ConstNode{graph::JsonValue("1")}, {}},
                    {FunctionNode{function}, {{"start", {0, "value"}}}},
                    {OutputNode{}, {{"out", {1, "value"}}}}}};
}

TEST(CheckOfflineTest, TasksOfAWorkerWithoutACatalogAreCountedOnly) {
  const CheckReport report = CheckOffline(Calling("demo.anything"), {}, std::nullopt);

  EXPECT_TRUE(report.problems.empty());
  EXPECT_EQ(report.node_count, 3u);
  EXPECT_EQ(report.unchecked_call_count, 1u);
  EXPECT_THAT(report.unchecked_workers, ElementsAre("demo"));
  EXPECT_EQ(DescribeReport(report, "g.json"),
            "g.json: valid, 3 nodes; not checked, for lack of a --catalog of demo: 1 call\n");
}

TEST(CheckOfflineTest, CatalogOfAWorkerTellsItsUnknownTasksAndPorts) {
  const CheckReport right = CheckOffline(Calling("demo.linspace"), {DemoCatalog()}, std::nullopt);
  const CheckReport wrong = CheckOffline(Calling("demo.linspase"), {DemoCatalog()}, std::nullopt);

  EXPECT_TRUE(right.problems.empty());
  EXPECT_EQ(right.unchecked_call_count, 0u);
  EXPECT_EQ(
      DescribeReport(wrong, "g.json"),
      "-.N1: node 1 (demo.linspase): worker \"demo\" has no such task; did you mean linspace?\n"
      "g.json: 1 problem\n");
}

TEST(CheckOfflineTest, TypesOfInputsAreCompared) {
  graph::Catalog catalog = DemoCatalog();
  catalog.tasks[0].inputs[0].type = graph::SimpleType(graph::TypeKind::kInt);
  Graph graph = Calling("demo.linspace");
  graph.nodes[0].kind = graph::InputNode{"n"};
  graph.nodes[1].inputs[0].source.port = "n";
  const auto given = [](std::string json) {
    return std::vector<graph::NamedValue>{
        {"n", std::make_shared<const graph::Value>(graph::JsonValue(std::move(json)))}};
  };

  EXPECT_TRUE(CheckOffline(graph, {catalog}, given("5")).problems.empty());
  const CheckReport wrong = CheckOffline(graph, {catalog}, given("\"five\""));
  const CheckReport none = CheckOffline(graph, {catalog}, std::vector<graph::NamedValue>());

  ASSERT_EQ(wrong.problems.size(), 1u);
  EXPECT_EQ(wrong.problems[0].expected, "int");
  EXPECT_EQ(wrong.problems[0].found, "str");
  EXPECT_EQ(none.problems.size(), 1u) << "an input is missing";
}

TEST(CheckOfflineTest, NestedGraphsAreLookedInto) {
  const std::string body =
      R"({"nodes": [{"type": "function", "function_name": "demo.x"}, {"type": "output"}]})";
  const Graph graph{
      .nodes = {{ConstNode{graph::JsonValue(body, "graph")}, {}}, {OutputNode{}, {}}}};

  const CheckReport report = CheckOffline(graph, {DemoCatalog()}, std::nullopt);

  ASSERT_EQ(report.problems.size(), 1u);
  EXPECT_EQ(report.problems[0].location, "-.N0.N0");
  EXPECT_EQ(report.node_count, 4u);
}

TEST(CheckOfflineTest, ProblemsHaveALimitThatIsTold) {
  Graph graph = Calling("demo.linspace");
  for (int i = 0; i < 1000; ++i) graph.nodes.push_back({FunctionNode{"demo.none"}, {}});

  const CheckReport report = CheckOffline(graph, {DemoCatalog()}, std::nullopt);

  EXPECT_EQ(report.problems.size(), graph::kLimits.problems.max);
  EXPECT_THAT(DescribeReport(report, "g.json"), HasSubstr("\ng.json: at least 100 problems\n"));
}

TEST(ReportToJsonTest, ObjectSaysWhetherItIsRight) {
  const CheckReport report = CheckOffline(Calling("demo.none"), {DemoCatalog()}, std::nullopt);

  EXPECT_THAT(graph::WriteJson(ReportToJson(report)),
              StartsWith(R"({"ok": false, "problems": [{"location": "-.N1", "port": "", )"));
}

}  // namespace
}  // namespace orrery::cli
