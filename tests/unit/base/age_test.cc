#include "base/age.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace orrery {
namespace {

TEST(AgeTest, AnAgeIsANumberAndAUnit) {
  EXPECT_EQ(ParseAge("45s").value(), absl::Seconds(45));
  EXPECT_EQ(ParseAge("90m").value(), absl::Minutes(90));
  EXPECT_EQ(ParseAge("12h").value(), absl::Hours(12));
  EXPECT_EQ(ParseAge("30d").value(), absl::Hours(24 * 30));
  EXPECT_EQ(ParseAge("2w").value(), absl::Hours(24 * 14));
  EXPECT_EQ(ParseAge("0s").value(), absl::ZeroDuration());
}

TEST(AgeTest, WhatIsNoneIsSaid) {
  for (const char* text : {"", "30", "d", "-1d", "1.5h", "1y", "1d ", "99999999999d", "1d2h"}) {
    const absl::Status status = ParseAge(text).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << text;
    EXPECT_THAT(std::string(status.message()), ::testing::HasSubstr("as in 12h or 30d"));
  }
}

}  // namespace
}  // namespace orrery
