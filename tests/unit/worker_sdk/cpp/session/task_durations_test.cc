#include "worker_sdk/cpp/session/task_durations.h"

#include <gtest/gtest.h>

namespace orrery {
namespace {

TEST(TaskDurationsTest, NothingIsExpectedToBeShortBeforeItWas) {
  EXPECT_EQ(TaskDurations().Expect(3), absl::InfiniteDuration());
}

TEST(TaskDurationsTest, EachTaskHasItsOwn) {
  TaskDurations durations;
  durations.Observe(0, absl::Milliseconds(8));
  durations.Observe(1, absl::Seconds(8));

  EXPECT_EQ(durations.Expect(0), absl::Milliseconds(8));
  EXPECT_EQ(durations.Expect(1), absl::Seconds(8));
}

TEST(TaskDurationsTest, WhatIsExpectedFollowsWhatWasSeen) {
  TaskDurations durations;
  durations.Observe(0, absl::Milliseconds(8));

  durations.Observe(0, absl::Milliseconds(16));
  EXPECT_EQ(durations.Expect(0), absl::Milliseconds(9));
  for (int i = 0; i < 100; ++i) durations.Observe(0, absl::Milliseconds(16));

  EXPECT_GT(durations.Expect(0), absl::Milliseconds(15));
}

}  // namespace
}  // namespace orrery
