#include "base/random.h"

#include "gtest/gtest.h"

namespace orrery {
namespace {

// First outputs of the reference implementation of splitmix64 for seed 1234567.
TEST(RandomTest, SeededSequenceIsTheReferenceOne) {
  SeededRandom random(1234567);

  EXPECT_EQ(random.Next(), 6457827717110365317u);
  EXPECT_EQ(random.Next(), 3203168211198807973u);
  EXPECT_EQ(random.Next(), 9817491932198370423u);
}

TEST(RandomTest, SystemNumbersDiffer) {
  SystemRandom random;

  EXPECT_NE(random.Next(), random.Next());
}

}  // namespace
}  // namespace orrery
