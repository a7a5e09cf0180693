#include "graph/task.h"

#include <gtest/gtest.h>

namespace orrery::graph {
namespace {

TEST(TaskTest, AllButTheLastDottedPartIsTheWorker) {
  EXPECT_EQ(SplitFunctionName("scipy_worker.linspace").worker, "scipy_worker");
  EXPECT_EQ(SplitFunctionName("a.b.c").worker, "a.b");
  EXPECT_EQ(SplitFunctionName("a.b.c").task, "c");
  EXPECT_EQ(SplitFunctionName("alone").worker, "");
  EXPECT_EQ(SplitFunctionName("alone").task, "alone");
}

TEST(TaskTest, PortsAndTasksAreFoundByName) {
  const Catalog catalog{
      .worker = "w",
      .tasks = {{.name = "t", .inputs = {{.name = "a"}}, .outputs = {{.name = "value"}}}}};

  const TaskSpec* task = catalog.Find("t");
  ASSERT_NE(task, nullptr);
  EXPECT_NE(task->FindInput("a"), nullptr);
  EXPECT_EQ(task->FindInput("value"), nullptr);
  EXPECT_NE(task->FindOutput("value"), nullptr);
  EXPECT_EQ(catalog.Find("u"), nullptr);
}

}  // namespace
}  // namespace orrery::graph
