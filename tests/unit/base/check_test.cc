#include "base/check.h"

#include "gtest/gtest.h"

namespace orrery {
namespace {

TEST(CheckTest, TrueClaimIsEvaluatedOnce) {
  int evaluations = 0;

  CHECK(++evaluations > 0);

  EXPECT_EQ(evaluations, 1);
}

TEST(CheckDeathTest, FalseClaimAbortsAndNamesItself) {
  EXPECT_DEATH(CHECK(1 + 1 == 3), "check.failed condition=\"1 . 1 == 3\".*check_test.cc");
}

}  // namespace
}  // namespace orrery
