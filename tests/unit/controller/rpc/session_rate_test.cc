#include "controller/rpc/session_rate.h"

#include <optional>
#include <string_view>

#include <gtest/gtest.h>

namespace orrery::rpc {
namespace {

class SessionRateTest : public ::testing::Test {
 protected:
  SessionRateTest() {
    SessionRateSettings settings;  // session_burst, sessions_per_second
    settings.burst.max = 3;
    settings.per_second.max = 2;
    rate_.emplace(settings);
  }
  int OpenAll(std::string_view peer, int count) {
    int opened = 0;
    for (int i = 0; i < count; ++i) opened += rate_->Add(peer, now_) == absl::ZeroDuration();
    return opened;
  }

  absl::Time now_ = absl::FromUnixSeconds(1000);
  std::optional<SessionRate> rate_;
};

TEST_F(SessionRateTest, ABurstIsAcceptedAndWhatFollowsIsToldWhenToTryAgain) {
  EXPECT_EQ(OpenAll("ipv4:10.0.0.7:1000", 10), 3);
  EXPECT_EQ(rate_->Add("ipv4:10.0.0.7:1001", now_), absl::Milliseconds(500));

  now_ += absl::Seconds(1);

  EXPECT_EQ(OpenAll("ipv4:10.0.0.7:1002", 10), 2);
}

TEST_F(SessionRateTest, AddressesDoNotDisturbEachOther) {
  OpenAll("ipv4:10.0.0.7:1000", 10);

  EXPECT_EQ(OpenAll("ipv4:10.0.0.8:1000", 10), 3);
  EXPECT_EQ(OpenAll("unix:/root/orreryd.sock", 10), 3);
}

}  // namespace
}  // namespace orrery::rpc
