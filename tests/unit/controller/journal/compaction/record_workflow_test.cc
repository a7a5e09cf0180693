#include "controller/journal/compaction/record_workflow.h"

#include "gtest/gtest.h"

namespace orrery::journal {
namespace {

TEST(RecordWorkflowTest, RecordsOfAWorkflowAndOfItsNodesAreAboutIt) {
  const engine::WorkflowNumber seven(7);
  EXPECT_EQ(WorkflowOf({{}, engine::WorkflowSubmitted{.number = seven}}), seven);
  EXPECT_EQ(WorkflowOf({{}, engine::WorkflowDeleted{seven}}), seven);
  EXPECT_EQ(WorkflowOf({{}, engine::ReuseEnded{seven}}), seven);
  EXPECT_EQ(WorkflowOf({{}, engine::NodeFinished{.node = {seven, {}}}}), seven);
  EXPECT_EQ(WorkflowOf({{}, engine::NodeSleeping{.node = {seven, {}}}}), seven);
}

TEST(RecordWorkflowTest, OthersAreAboutNone) {
  EXPECT_EQ(WorkflowOf({{}, engine::ControllerStarted{.epoch = 7}}), std::nullopt);
  EXPECT_EQ(WorkflowOf({{}, engine::WorkerLeft{}}), std::nullopt);
}

}  // namespace
}  // namespace orrery::journal
