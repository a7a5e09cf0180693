#include "controller/engine/scheduling/failure_history.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "model/attempt_id.h"

namespace orrery::engine {
namespace {

using ::testing::IsEmpty;
using ::testing::IsNull;
using ::testing::SizeIs;

const NodeKey kNode{WorkflowNumber(1), graph::Location::Parse("-.N3").value()};
const NodeKey kOther{WorkflowNumber(2), graph::Location::Parse("-.N3").value()};
constexpr model::AttemptId kAttempt{.epoch = 1, .number = 7};

AttemptFailed Failed(const NodeKey& node) {
  return {.node = node,
          .origin = {.attempt = kAttempt, .worker = "ada"},
          .error = {.message = "broken"},
          .retry_at = absl::FromUnixSeconds(9)};
}

TEST(FailureHistoriesTest, FailuresAndLossesAreCountedApart) {
  FailureHistories histories;
  histories.Add(Failed(kNode), absl::UnixEpoch());
  histories.Add(AttemptLost{.node = kNode}, absl::UnixEpoch());
  histories.Add(AttemptLost{.node = kNode, .end = {.is_out_of_memory = true}}, absl::UnixEpoch());

  const FailureHistory* history = histories.Find(kNode);

  ASSERT_NE(history, nullptr);
  EXPECT_EQ(history->errors, 1u);
  EXPECT_EQ(history->workers_lost, 1u);
  EXPECT_EQ(history->out_of_memory, 1u);
  EXPECT_EQ(history->retry_at, absl::FromUnixSeconds(9));
  EXPECT_THAT(history->attempts, SizeIs(3));
}

TEST(FailureHistoriesTest, OnlyAnErrorIsTheOutcomeOfItsAttempt) {
  FailureHistories histories;
  histories.Add(AttemptLost{.node = kNode, .origin = {.attempt = kAttempt}}, absl::UnixEpoch());
  EXPECT_FALSE(histories.Find(kNode)->HasErrorOf(kAttempt));

  histories.Add(Failed(kNode), absl::UnixEpoch());

  EXPECT_TRUE(histories.Find(kNode)->HasErrorOf(kAttempt));
}

TEST(FailureHistoriesTest, ANodeWithItsOutcomeLeavesItsAttempts) {
  FailureHistories histories;
  histories.Add(Failed(kNode), absl::UnixEpoch());
  histories.Start({.node = kNode, .origin = {.attempt = kAttempt}});

  EXPECT_THAT(histories.Remove(kNode), SizeIs(1));

  EXPECT_THAT(histories.Find(kNode), IsNull());
  EXPECT_THAT(histories.FindStart(kNode), IsNull());
  EXPECT_THAT(histories.Remove(kNode), IsEmpty());
}

TEST(FailureHistoriesTest, AReleaseEndsTheStartOfItsAttemptOnly) {
  FailureHistories histories;
  histories.Start({.node = kNode, .origin = {.attempt = kAttempt}});

  histories.Release({.node = kNode, .attempt = {.epoch = 1, .number = 6}});
  EXPECT_NE(histories.FindStart(kNode), nullptr);
  histories.Release({.node = kNode, .attempt = kAttempt});

  EXPECT_THAT(histories.FindStart(kNode), IsNull());
  EXPECT_FALSE(histories.has_starts());
}

TEST(FailureHistoriesTest, AWorkflowIsRemovedAndOthersStay) {
  FailureHistories histories;
  for (const NodeKey& node : {kNode, kOther}) {
    histories.Add(Failed(node), absl::UnixEpoch());
    histories.Start({.node = node, .origin = {.attempt = kAttempt}});
  }

  histories.RemoveWorkflow(kNode.workflow);

  EXPECT_THAT(histories.Find(kNode), IsNull());
  EXPECT_THAT(histories.FindStart(kNode), IsNull());
  EXPECT_NE(histories.Find(kOther), nullptr);
  EXPECT_NE(histories.FindStart(kOther), nullptr);
}

}  // namespace
}  // namespace orrery::engine
