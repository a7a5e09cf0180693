#include "base/limit.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace orrery {
namespace {

constexpr Limit kMessageBytes{.name = "message_bytes",
                              .max = 16 << 20,
                              .unit = LimitUnit::kBytes,
                              .of = "one message",
                              .beyond = "refused"};

TEST(LimitTest, RefusalNamesTheThingBothSizesTheAdviceAndTheLimit) {
  const absl::Status status =
      CheckLimit(kMessageBytes, "the graph", 77'594'624, "send it as a blob");
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(status.message(),
            "the graph has 74.0 MiB, at most 16.0 MiB are accepted; send it as a blob (limit "
            "message_bytes)");
}

TEST(LimitTest, SizesThatRoundToTheSameTextAreExact) {
  const absl::Status status = CheckLimit(kMessageBytes, "the graph", (16 << 20) + 1, "shorten it");
  EXPECT_THAT(status.message(), testing::HasSubstr("has 16777217 bytes, at most 16777216 bytes"));
}

TEST(LimitTest, TheMaximumItselfIsAccepted) {
  EXPECT_TRUE(CheckLimit(kMessageBytes, "the graph", 16 << 20, "").ok());
}

TEST(LimitTest, TimesAndDepthsAreWrittenAsSuch) {
  constexpr Limit kGrace{.name = "grace",
                         .max = 5000,
                         .unit = LimitUnit::kMilliseconds,
                         .of = "a delay",
                         .beyond = "refused"};
  EXPECT_EQ(kGrace.duration(), absl::Seconds(5));
  EXPECT_THAT(LimitExceeded(kGrace, "the delay", 6500, "wait less").message(),
              testing::HasSubstr("the delay is 6.5s, at most 5s is accepted"));
  constexpr Limit kNesting{.name = "nesting",
                           .max = 512,
                           .unit = LimitUnit::kDepth,
                           .of = "arrays in arrays",
                           .beyond = "refused"};
  EXPECT_THAT(LimitExceeded(kNesting, "the value", 600, "nest less").message(),
              testing::HasSubstr("has depth 600, at most 512 is accepted"));
}

TEST(BudgetTest, TheLastSpendingMayBeLargerThanTheRest) {
  Budget budget(10);
  budget.Spend(7);
  EXPECT_FALSE(budget.is_spent());
  EXPECT_EQ(budget.left(), 3U);
  budget.Spend(100);
  EXPECT_TRUE(budget.is_spent());
}

}  // namespace
}  // namespace orrery
