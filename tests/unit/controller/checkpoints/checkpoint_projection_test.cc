#include "controller/checkpoints/checkpoint_projection.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "model/outcome.h"

namespace orrery::checkpoints {
namespace {

TEST(CheckpointProjectionTest, ManyOutputsOfANodeAreSeveralItemsAndTheLastIsDone) {
  engine::NodeSettled settled{.workflow = Uuid::FromInteger(1)};
  model::Outputs outputs;
  for (int i = 0; i < 1000; ++i) {
    outputs.push_back({std::to_string(i), std::make_shared<graph::Value>(graph::JsonValue("1"))});
  }
  settled.result = outputs;
  graph::Graph graph;
  graph.nodes.resize(1);
  graph.nodes[0].kind = graph::OutputNode{};
  settled.graph = engine::CompiledGraph::Compile(std::move(graph)).value();

  const std::vector<CheckpointItem> items = ToCheckpointItems(settled);

  ASSERT_GT(items.size(), 10u);
  std::size_t shown = 0;
  for (const CheckpointItem& item : items) {
    const auto& entry = std::get<CheckpointEntry>(item);
    shown += entry.outputs.size();
    EXPECT_EQ(entry.kind == CheckpointKind::kDone, &item == &items.back());
  }
  EXPECT_EQ(shown, 1000u);
}

TEST(CheckpointProjectionTest, CostOfAnEventCountsItsInlineValues) {
  const auto cost_of = [](std::size_t bytes) {
    return CostOf(engine::FrameOpened{
        .inputs = {
            {"x", std::make_shared<graph::Value>(graph::JsonValue(std::string(bytes, '1')))}}});
  };

  EXPECT_EQ(cost_of(5000) - cost_of(1000), 4000u);
}

TEST(CheckpointProjectionTest, ErrorsTellsWhatWasWrittenLastAndByWhom) {
  const auto errors_of = [](std::string details, model::OutputTail output) {
    const std::vector<CheckpointItem> items = ToCheckpointItems(engine::NodeSettled{
        .result = model::TaskError{
            .message = "no such row", .details = std::move(details), .output = std::move(output)}});
    return std::get<CheckpointEntry>(items.at(0)).error_details;
  };

  EXPECT_EQ(errors_of("row 3", {}), "row 3");
  EXPECT_EQ(errors_of("row 3", {.text = "2 rows\nno more"}),
            "row 3\nit wrote last:\n2 rows\nno more");
  EXPECT_EQ(errors_of("", {.text = "a", .is_shared = true}), "the worker's process wrote last:\na");
}

}  // namespace
}  // namespace orrery::checkpoints
