#include "controller/rpc/token_bucket.h"

#include <gtest/gtest.h>

namespace orrery::rpc {
namespace {

constexpr absl::Time kStart = absl::FromUnixSeconds(1000);

TEST(TokenBucketTest, BurstIsSpentAndComesBackWithTime) {
  TokenBucket bucket(10, 100);

  EXPECT_TRUE(bucket.Spend(kStart, 100));
  EXPECT_FALSE(bucket.Spend(kStart, 1));
  EXPECT_EQ(bucket.TimeUntil(kStart, 5), absl::Milliseconds(500));
  EXPECT_TRUE(bucket.Spend(kStart + absl::Milliseconds(500), 5));
  EXPECT_FALSE(bucket.Spend(kStart + absl::Milliseconds(500), 1));
}

TEST(TokenBucketTest, NeverHoldsMoreThanTheBurst) {
  TokenBucket bucket(10, 100);
  EXPECT_TRUE(bucket.IsFull(kStart));
  EXPECT_TRUE(bucket.Spend(kStart, 40));
  EXPECT_FALSE(bucket.IsFull(kStart + absl::Seconds(3)));
  EXPECT_TRUE(bucket.IsFull(kStart + absl::Seconds(4)));

  EXPECT_FALSE(bucket.Spend(kStart + absl::Hours(1), 101));
  EXPECT_TRUE(bucket.Spend(kStart + absl::Hours(1), 100));
}

TEST(TokenBucketTest, AClockThatIsSetBackGivesNothing) {
  TokenBucket bucket(10, 100);
  EXPECT_TRUE(bucket.Spend(kStart, 100));

  EXPECT_FALSE(bucket.Spend(kStart - absl::Hours(1), 1));
  EXPECT_EQ(bucket.TimeUntil(kStart - absl::Hours(1), 10), absl::Seconds(1));
}

}  // namespace
}  // namespace orrery::rpc
