#include "base/time_text.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace orrery {
namespace {

TEST(TimeTextTest, ATimestampIsInUtcToTheMillisecond) {
  EXPECT_EQ(FormatTimestamp(absl::UnixEpoch() + absl::Microseconds(1'500)),
            "1970-01-01T00:00:00.001Z");
}

TEST(TimeTextTest, ADurationIsANumberAndAUnit) {
  EXPECT_EQ(ParseDuration("45s").value(), absl::Seconds(45));
  EXPECT_EQ(ParseDuration("90m").value(), absl::Minutes(90));
  EXPECT_EQ(ParseDuration("12h").value(), absl::Hours(12));
  EXPECT_EQ(ParseDuration("30d").value(), absl::Hours(24 * 30));
  EXPECT_EQ(ParseDuration("2w").value(), absl::Hours(24 * 14));
  EXPECT_EQ(ParseDuration("0s").value(), absl::ZeroDuration());
}

TEST(TimeTextTest, MalformedTextIsRefused) {
  for (const char* text : {"", "30", "d", "-1d", "1.5h", "1y", "1d ", "99999999999d", "1d2h"}) {
    const absl::Status status = ParseDuration(text).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << text;
    EXPECT_EQ(status.message(),
              "invalid duration \"" + std::string(text) +
                  "\": expected a whole number and a unit, such as 30s, 12h or 7d");
  }
}

}  // namespace
}  // namespace orrery
