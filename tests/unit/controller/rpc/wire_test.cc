#include "controller/rpc/wire.h"

#include "google/protobuf/timestamp.pb.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery::rpc {
namespace {

using ::testing::HasSubstr;

TEST(WireTest, TimesComeBackToTheNanosecond) {
  for (const absl::Time time : {absl::UnixEpoch(), absl::FromUnixNanos(1'700'000'000'123'456'789),
                                absl::FromUnixNanos(-1), absl::FromUnixSeconds(-5)}) {
    google::protobuf::Timestamp message;
    EncodeTime(time, message);
    EXPECT_EQ(DecodeTime(message), time);
    EXPECT_GE(message.nanos(), 0);
  }
}

TEST(WireTest, EndlessTimesBecomeTheLastThatCanBeSaid) {
  google::protobuf::Timestamp message;

  EncodeTime(absl::InfiniteFuture(), message);
  EXPECT_EQ(message.seconds(), 253'402'300'799);
  EncodeTime(absl::InfinitePast(), message);
  EXPECT_EQ(message.seconds(), -62'135'596'800);
  message.set_seconds(INT64_MAX);
  EXPECT_LT(DecodeTime(message), absl::InfiniteFuture());
}

TEST(WireTest, IdsOfAnotherSizeAreRefusedByName) {
  EXPECT_EQ(*UuidFromBytes(BytesOf(Uuid::FromInteger(5)), "id"), Uuid::FromInteger(5));
  EXPECT_EQ(*DigestFromBytes(BytesOf(Sha256("x")), "digest"), Sha256("x"));
  EXPECT_THAT(std::string(UuidFromBytes("abc", "workflow_id").status().message()),
              HasSubstr("workflow_id has 3 bytes, it needs 16"));
}

TEST(WireTest, TextIsValidAndNoLongerThanAllowed) {
  EXPECT_EQ(ToText("plain"), "plain");
  EXPECT_EQ(ToText("a\xFF"
                   "b"),
            "a\uFFFDb");
  EXPECT_EQ(ToText("éé", 3), "é");
  EXPECT_EQ(ToText("abc", 2), "ab");
}

}  // namespace
}  // namespace orrery::rpc
