#include "rpc/message_size.h"

#include <string>

#include "orrery/blob/v1/blob_service.pb.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery::rpc {
namespace {

using ::testing::HasSubstr;

TEST(MessageSizeTest, PeerThatStatesNoLimitHasTheDefaultOfGrpc) {
  EXPECT_EQ(MessageLimitOf(0).max, kDefaultMessageBytes);
  EXPECT_EQ(MessageLimitOf(5'000'000).max, 5'000'000u);
  EXPECT_EQ(MessageLimitOf(1'000'000'000).max, kMessageBytes.max);
}

TEST(MessageSizeTest, MessageBeyondTheLimitIsRefusedWithBothSizes) {
  blob::v1::ReadBlobResponse message;
  message.set_data(std::string(kResponseBytes.max + 1, 'x'));

  EXPECT_TRUE(CheckMessage(message, kMessageBytes, "the blob", "read less").ok());
  const absl::Status status = CheckMessage(message, kResponseBytes, "the blob", "read less");
  EXPECT_TRUE(absl::IsInvalidArgument(status));
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("the blob has 3145734 bytes, at most 3145728 bytes are accepted; read less "
                        "(limit response_bytes)"));
  EXPECT_LT(kPageBytes.max, kResponseBytes.max) << "a full page is no error";
}

}  // namespace
}  // namespace orrery::rpc
