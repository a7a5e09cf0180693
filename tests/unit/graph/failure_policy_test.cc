#include "graph/failure_policy.h"

#include <cmath>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery::graph {
namespace {

using ::testing::HasSubstr;

TEST(FailurePolicyTest, WhatTheFirstLeavesOpenTheSecondSays) {
  const FailurePolicy first{.attempts = 2, .backoff = {}, .run_timeout = absl::Seconds(9)};
  const FailurePolicy second{.attempts = 5, .backoff = absl::Seconds(1)};

  const FailurePolicy both = Combine(first, second);

  EXPECT_EQ(both.attempts, 2u);
  EXPECT_EQ(both.backoff, absl::Seconds(1));
  EXPECT_EQ(both.run_timeout, absl::Seconds(9));
  EXPECT_EQ(both.queue_timeout, std::nullopt);
}

TEST(FailurePolicyTest, BackoffDoublesUpToAnHour) {
  EXPECT_EQ(BackoffAfter(absl::Seconds(2), 1), absl::Seconds(2));
  EXPECT_EQ(BackoffAfter(absl::Seconds(2), 2), absl::Seconds(4));
  EXPECT_EQ(BackoffAfter(absl::Seconds(2), 5), absl::Seconds(32));
  EXPECT_EQ(BackoffAfter(absl::Seconds(2), 1000), kBackoffTime.duration());
}

TEST(FailurePolicyTest, NumbersThatAreNoTimeAreRefused) {
  for (const double seconds :
       {0.0, -1.0, 1e300, std::nan(""), std::numeric_limits<double>::infinity()}) {
    const absl::StatusOr<FailurePolicy> policy = PolicyFromDatum(Object{{"run_timeout", seconds}});
    EXPECT_THAT(policy.status().message(), HasSubstr("run_timeout")) << seconds;
  }
  EXPECT_FALSE(PolicyFromDatum(Object{{"attempts", std::int64_t{1} << 32}}).ok());
}

TEST(FailurePolicyTest, TheLargestValuesAreAccepted) {
  constexpr auto kMost = static_cast<std::uint32_t>(kPolicyAttempts.max);
  const FailurePolicy most{.attempts = kMost,
                           .backoff = kBackoffTime.duration(),
                           .run_timeout = kPolicyTimeout.duration(),
                           .queue_timeout = kPolicyTimeout.duration()};
  EXPECT_TRUE(most.Check().ok()) << most.Check();

  const auto error_of = [](const FailurePolicy& policy) {
    return std::string(policy.Check().message());
  };
  EXPECT_THAT(error_of({.attempts = kMost + 1}), HasSubstr("limit policy_attempts"));
  const absl::Duration longer = kPolicyTimeout.duration() + absl::Seconds(1);
  EXPECT_THAT(error_of({.run_timeout = longer}), HasSubstr("limit policy_timeout"));
  EXPECT_THAT(error_of({.queue_timeout = longer}), HasSubstr("limit policy_timeout"));
}

TEST(FailurePolicyTest, RulesNameTheTaskThatIsWrong) {
  const FailureRules rules{.policies = {{"ada.add", {.attempts = 1001}}}};

  EXPECT_THAT(rules.Check().message(), HasSubstr("of ada.add: attempts is 1001"));
  EXPECT_TRUE(FailureRules().Check().ok());
}

}  // namespace
}  // namespace orrery::graph
