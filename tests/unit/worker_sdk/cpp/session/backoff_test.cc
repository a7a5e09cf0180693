#include "worker_sdk/cpp/session/backoff.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace orrery {
namespace {

TEST(BackoffTest, StepsDoubleUpToTheLimitWithJitterBelow) {
  SeededRandom random(1);
  Backoff backoff(random);

  absl::Duration step = kBackoffMin;
  for (int i = 0; i < 20; ++i) {
    const absl::Duration wait = backoff.Next();
    EXPECT_GE(wait, step / 2);
    EXPECT_LE(wait, step);
    step = std::min(step * 2, kBackoffMax);
  }
  EXPECT_EQ(step, kBackoffMax);
}

TEST(BackoffTest, ResetBeginsAnew) {
  SeededRandom random(1);
  Backoff backoff(random);
  for (int i = 0; i < 10; ++i) backoff.Next();

  backoff.Reset();

  EXPECT_LE(backoff.Next(), kBackoffMin);
}

}  // namespace
}  // namespace orrery
