#include "controller/rpc/log_budget.h"

#include <gtest/gtest.h>

namespace orrery::rpc {
namespace {

const absl::Time kStart = absl::FromUnixSeconds(1000);

TEST(LogBudgetTest, BurstIsSpentAndComesBackWithTime) {
  LogBudget budget(10, 100);

  EXPECT_TRUE(budget.Spend(kStart, 100));
  EXPECT_FALSE(budget.Spend(kStart, 1));
  EXPECT_TRUE(budget.Spend(kStart + absl::Seconds(2), 20));
  EXPECT_FALSE(budget.Spend(kStart + absl::Seconds(2), 1));
}

TEST(LogBudgetTest, ManySmallStepsOfTimeAddUp) {
  LogBudget budget(10, 100);
  EXPECT_TRUE(budget.Spend(kStart, 100));

  absl::Time now = kStart;
  for (int i = 0; i < 1000; ++i) {
    now += absl::Milliseconds(1);
    budget.Spend(now, 1000);
  }

  EXPECT_TRUE(budget.Spend(now, 9));
}

TEST(LogBudgetTest, NeverHoldsMoreThanTheBurst) {
  LogBudget budget(10, 100);

  EXPECT_FALSE(budget.Spend(kStart + absl::Hours(1), 101));
  EXPECT_EQ(budget.TakeDropped(), 1u);
  EXPECT_EQ(budget.TakeDropped(), 0u);
}

}  // namespace
}  // namespace orrery::rpc
