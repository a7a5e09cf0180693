#include "base/recent_duration.h"

#include <gtest/gtest.h>

namespace orrery {
namespace {

TEST(RecentDurationTest, NothingIsKnownBeforeTheFirst) {
  EXPECT_FALSE(RecentDuration().average().has_value());
}

TEST(RecentDurationTest, TheAverageFollowsWhatWasSeen) {
  RecentDuration duration;
  duration.Observe(absl::Milliseconds(8));
  EXPECT_EQ(duration.average(), absl::Milliseconds(8));

  duration.Observe(absl::Milliseconds(16));
  EXPECT_EQ(duration.average(), absl::Milliseconds(9));
  for (int i = 0; i < 100; ++i) duration.Observe(absl::Milliseconds(16));

  EXPECT_GT(duration.average(), absl::Milliseconds(15));
}

}  // namespace
}  // namespace orrery
