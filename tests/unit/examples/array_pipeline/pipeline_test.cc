#include "examples/array_pipeline/pipeline.h"

#include <string>
#include <variant>

#include "base/file.h"
#include "graph/graph_data.h"
#include "gtest/gtest.h"

namespace array_pipeline {
namespace {

using orrery::graph::Graph;

TEST(BuildPipelineTest, GraphIsTheOneInTheJsonFile) {
  const absl::StatusOr<Graph> built = BuildPipeline();
  ASSERT_TRUE(built.ok()) << built.status();
  const auto text = orrery::ReadFile("examples/array_pipeline/graph.json", 100'000);
  ASSERT_TRUE(text.ok()) << text.status();

  const absl::StatusOr<Graph> parsed = orrery::graph::ParseGraphData(*text);
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_EQ(*parsed, *built);
}

TEST(BuildPipelineTest, NodeTwoIsLinspace) {
  const absl::StatusOr<Graph> built = BuildPipeline();
  ASSERT_TRUE(built.ok()) << built.status();

  const auto* function = std::get_if<orrery::graph::FunctionNode>(&built->nodes.at(2).kind);

  ASSERT_NE(function, nullptr);
  EXPECT_EQ(function->function_name, "scipy_worker.linspace");
}

}  // namespace
}  // namespace array_pipeline
