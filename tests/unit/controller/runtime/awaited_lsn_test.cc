#include "controller/runtime/awaited_lsn.h"

#include <gtest/gtest.h>

namespace orrery::runtime {
namespace {

TEST(AwaitedLsnTest, NobodyWaitsBeforeItIsSaid) {
  AwaitedLsn awaited;

  EXPECT_FALSE(awaited.Reach(1));
  EXPECT_FALSE(awaited.Reach(7));
}

TEST(AwaitedLsnTest, WhatIsAwaitedIsToldOnce) {
  AwaitedLsn awaited;
  awaited.Await(2);

  EXPECT_TRUE(awaited.Reach(3));
  EXPECT_FALSE(awaited.Reach(4));
}

TEST(AwaitedLsnTest, WhoWaitsTooLateLearnsWhatIsDurable) {
  AwaitedLsn awaited;
  EXPECT_EQ(awaited.Await(1), 0u);
  awaited.Reach(5);

  EXPECT_EQ(awaited.Await(5), 5u);
}

TEST(AwaitedLsnTest, OnTheWayToWhatIsAwaitedEveryStepIsTold) {
  AwaitedLsn awaited;
  awaited.Await(9);

  EXPECT_TRUE(awaited.Reach(3));
  EXPECT_TRUE(awaited.Reach(9));
  EXPECT_FALSE(awaited.Reach(10));
}

}  // namespace
}  // namespace orrery::runtime
