#include "base/check.h"

#include "gtest/gtest.h"

namespace orrery {
namespace {

TEST(CheckTest, TrueClaimDoesNothing) { CHECK(1 + 1 == 2); }

TEST(CheckDeathTest, FalseClaimAbortsAndNamesItself) {
  EXPECT_DEATH(CHECK(1 + 1 == 3), "check.failed condition=\"1 . 1 == 3\".*check_test.cc");
}

}  // namespace
}  // namespace orrery
