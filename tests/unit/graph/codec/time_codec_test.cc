#include "graph/codec/time_codec.h"

#include "google/protobuf/duration.pb.h"
#include "google/protobuf/timestamp.pb.h"
#include <gtest/gtest.h>

namespace orrery::graph {
namespace {

TEST(TimeCodecTest, TimesRoundTripToTheNanosecond) {
  for (const absl::Time time : {absl::UnixEpoch(), absl::FromUnixNanos(1'700'000'000'123'456'789),
                                absl::FromUnixNanos(-1), absl::FromUnixSeconds(-5)}) {
    google::protobuf::Timestamp message;
    EncodeTime(time, message);
    EXPECT_EQ(DecodeTime(message), time);
    EXPECT_GE(message.nanos(), 0);
  }
}

TEST(TimeCodecTest, TimesOutOfRangeBecomeTheNearestInRange) {
  google::protobuf::Timestamp message;

  EncodeTime(absl::InfiniteFuture(), message);
  EXPECT_EQ(message.seconds(), 253'402'300'799);
  EncodeTime(absl::InfinitePast(), message);
  EXPECT_EQ(message.seconds(), -62'135'596'800);
  message.set_seconds(INT64_MAX);
  EXPECT_LT(DecodeTime(message), absl::InfiniteFuture());
}

TEST(TimeCodecTest, DurationsRoundTripWithTheirSign) {
  for (const absl::Duration duration :
       {absl::ZeroDuration(), absl::Nanoseconds(1), absl::Milliseconds(-1500), absl::Hours(30)}) {
    google::protobuf::Duration message;
    EncodeDuration(duration, message);
    EXPECT_EQ(DecodeDuration(message), duration);
    EXPECT_LE(message.seconds() < 0 ? message.nanos() : -message.nanos(), 0);
  }
}

TEST(TimeCodecTest, DurationsBeyondAllRangesAreInfinite) {
  google::protobuf::Duration message;
  message.set_seconds(INT64_MAX);
  message.set_nanos(INT32_MAX);

  EXPECT_EQ(DecodeDuration(message), absl::InfiniteDuration());
}

}  // namespace
}  // namespace orrery::graph
