#include "base/backoff.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace orrery {
namespace {

constexpr BackoffLimits kLimits{.first = absl::Milliseconds(100), .max = absl::Seconds(10)};

TEST(BackoffTest, DelaysDoubleUpToTheLimit) {
  Backoff backoff({.first = absl::Seconds(2), .max = absl::Seconds(7)});

  EXPECT_EQ(backoff.Next(), absl::Seconds(2));
  EXPECT_EQ(backoff.Next(), absl::Seconds(4));
  EXPECT_EQ(backoff.Next(), absl::Seconds(7));
  EXPECT_EQ(backoff.Next(), absl::Seconds(7));
}

TEST(BackoffTest, JitterTakesAwayUpToHalf) {
  SeededRandom random(1);
  Backoff backoff(kLimits);

  absl::Duration step = kLimits.first;
  for (int i = 0; i < 20; ++i) {
    const absl::Duration delay = backoff.NextWithJitter(random);
    EXPECT_GE(delay, step / 2);
    EXPECT_LE(delay, step);
    step = std::min(step * 2, kLimits.max);
  }
  EXPECT_EQ(step, kLimits.max);
}

TEST(BackoffTest, ResetStartsAgainWithTheFirstDelay) {
  Backoff backoff(kLimits);
  for (int i = 0; i < 10; ++i) backoff.Next();

  backoff.Reset();

  EXPECT_EQ(backoff.Next(), kLimits.first);
}

}  // namespace
}  // namespace orrery
