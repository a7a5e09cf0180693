#include "controller/engine/turn_order.h"

#include <gtest/gtest.h>

namespace orrery::engine {
namespace {

constexpr std::uint64_t kLightWork = 1000;
constexpr WorkflowNumber kOldest{1};
constexpr WorkflowNumber kMiddle{2};
constexpr WorkflowNumber kNewest{3};
const absl::Time kBegin = absl::FromUnixSeconds(1'700'000'000);

class TurnOrderTest : public ::testing::Test {
 protected:
  TurnOrderTest() {
    for (const WorkflowNumber workflow : {kOldest, kMiddle, kNewest}) order_.Insert(workflow);
  }

  TurnOrder order_{kLightWork};
};

TEST_F(TurnOrderTest, WorkflowsHaveTurnsInRotation) {
  for (const WorkflowNumber expected : {kOldest, kMiddle, kNewest, kOldest, kMiddle}) {
    EXPECT_EQ(order_.Next(kBegin), expected);
  }
  order_.Erase(kNewest);
  EXPECT_EQ(order_.Next(kBegin), kOldest);
}

TEST_F(TurnOrderTest, HeavyWorkflowsRestAsLongAsTheTurnTook) {
  const absl::Duration took = absl::Milliseconds(50);
  const auto work = static_cast<std::uint64_t>(absl::ToInt64Nanoseconds(took));
  order_.OnTurn(kMiddle, work, kBegin);
  order_.OnTurn(kNewest, work, kBegin);

  EXPECT_EQ(order_.Next(kBegin), kOldest);
  EXPECT_EQ(order_.Next(kBegin + took), kOldest) << "the turn has just ended";
  order_.Erase(kOldest);
  EXPECT_EQ(order_.Next(kBegin + took), std::nullopt);
  EXPECT_EQ(order_.NextTime(kBegin), kBegin + 2 * took);
  EXPECT_EQ(order_.Next(kBegin + 2 * took), kMiddle);
  EXPECT_EQ(order_.Next(kBegin + 2 * took), kNewest);
}

TEST_F(TurnOrderTest, AWorkflowStaysHeavyUntilATurnOfItIsLight) {
  order_.OnTurn(kMiddle, kLightWork + 1'000'000, kBegin);
  order_.Erase(kMiddle);
  order_.Insert(kMiddle);
  EXPECT_EQ(order_.Next(kBegin), kOldest);
  EXPECT_EQ(order_.Next(kBegin), kNewest) << "it rests, although it was inserted again";

  order_.OnTurn(kMiddle, kLightWork, kBegin);
  EXPECT_EQ(order_.Next(kBegin), kOldest);
  EXPECT_EQ(order_.Next(kBegin), kMiddle);
}

TEST_F(TurnOrderTest, NothingIsLeftIfAllAreRemoved) {
  for (const WorkflowNumber workflow : {kOldest, kMiddle, kNewest}) order_.Remove(workflow);

  EXPECT_TRUE(order_.empty());
  EXPECT_EQ(order_.Next(kBegin), std::nullopt);
  EXPECT_EQ(order_.NextTime(kBegin), absl::InfiniteFuture());
}

}  // namespace
}  // namespace orrery::engine
