#include "model/workflow.h"

#include <gtest/gtest.h>

namespace orrery::model {
namespace {

TEST(WorkflowTest, EveryStatusHasAName) {
  EXPECT_EQ(StatusName(WorkflowStatus::kRunning), "running");
  EXPECT_EQ(StatusName(WorkflowStatus::kSucceeded), "succeeded");
  EXPECT_EQ(StatusName(WorkflowStatus::kFailed), "failed");
  EXPECT_EQ(StatusName(WorkflowStatus::kCancelled), "cancelled");
}

TEST(WorkflowTest, EveryStatusButRunningIsSettled) {
  EXPECT_FALSE(Workflow{.status = WorkflowStatus::kRunning}.is_settled());
  for (const WorkflowStatus status :
       {WorkflowStatus::kSucceeded, WorkflowStatus::kFailed, WorkflowStatus::kCancelled}) {
    EXPECT_TRUE(Workflow{.status = status}.is_settled());
  }
}

}  // namespace
}  // namespace orrery::model
