#include "controller/engine/scheduling/node_alarms.h"

#include <gtest/gtest.h>

namespace orrery::engine {
namespace {

ReadyNode NodeOf(std::uint64_t workflow, NodeIndex node) {
  return {WorkflowNumber(workflow), {.frame = 0, .node = node}};
}

absl::Time At(std::int64_t seconds) { return absl::FromUnixSeconds(seconds); }

TEST(NodeAlarmsTest, DueNodesComeInTheOrderOfTheirTimes) {
  NodeAlarms alarms;
  alarms.Set(NodeOf(1, 1), At(30));
  alarms.Set(NodeOf(1, 2), At(10));
  alarms.Set(NodeOf(2, 1), At(20));

  EXPECT_EQ(alarms.next(), At(10));
  EXPECT_EQ(alarms.PopDue(At(9)), std::nullopt);
  EXPECT_EQ(alarms.PopDue(At(20)), NodeOf(1, 2));
  EXPECT_EQ(alarms.PopDue(At(20)), NodeOf(2, 1));
  EXPECT_EQ(alarms.PopDue(At(20)), std::nullopt);
  EXPECT_EQ(alarms.next(), At(30));
}

TEST(NodeAlarmsTest, LaterTimeTakesThePlaceOfTheEarlier) {
  NodeAlarms alarms;
  alarms.Set(NodeOf(1, 1), At(10));
  alarms.Set(NodeOf(1, 1), At(40));

  EXPECT_EQ(alarms.next(), At(40));
  EXPECT_EQ(alarms.Find(NodeOf(1, 1)), At(40));
  EXPECT_TRUE(alarms.Clear(NodeOf(1, 1)));
  EXPECT_FALSE(alarms.Clear(NodeOf(1, 1)));
  EXPECT_EQ(alarms.next(), absl::InfiniteFuture());
}

TEST(NodeAlarmsTest, AWorkflowGoesWithAllItsNodes) {
  NodeAlarms alarms;
  alarms.Set(NodeOf(1, 1), At(10));
  alarms.Set(NodeOf(2, 0), At(20));
  alarms.Set(NodeOf(2, 7), At(5));
  alarms.Set(NodeOf(3, 1), At(30));

  alarms.ClearWorkflow(WorkflowNumber(2));

  EXPECT_EQ(alarms.PopDue(At(100)), NodeOf(1, 1));
  EXPECT_EQ(alarms.PopDue(At(100)), NodeOf(3, 1));
  EXPECT_EQ(alarms.PopDue(At(100)), std::nullopt);
}

}  // namespace
}  // namespace orrery::engine
