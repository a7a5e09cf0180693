#include "controller/rpc/status.h"

#include "base/utf8.h"
#include "grpcpp/support/status.h"
#include "orrery/blob/v1/blob_service.pb.h"
#include "rpc/message_size.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery::rpc {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(StatusTest, CodeAndMessageAreKept) {
  const grpc::Status status = ToGrpcStatus(absl::AbortedError("another is newer"));

  EXPECT_EQ(status.error_code(), grpc::StatusCode::ABORTED);
  EXPECT_EQ(status.error_message(), "another is newer");
  EXPECT_TRUE(ToGrpcStatus(absl::OkStatus()).ok());
}

TEST(StatusTest, ShortMessageStaysAsItIs) { EXPECT_EQ(ShortenMessage("abc", 3), "abc"); }

TEST(StatusTest, LongMessageEndsAfterAWholeLine) {
  std::string message;
  for (int i = 0; i < 100; ++i) message += "problem number " + std::to_string(i) + "\n";

  const std::string shortened = ShortenMessage(message, 200);

  EXPECT_LE(shortened.size(), 200u);
  EXPECT_THAT(shortened, StartsWith("problem number 0\n"));
  EXPECT_THAT(shortened, EndsWith("\n(shortened)"));
  EXPECT_EQ(shortened.find("problem number 9\n(") != std::string::npos ||
                shortened.find("problem number 8\n(") != std::string::npos ||
                shortened.find("problem number 7\n(") != std::string::npos,
            true);
}

TEST(StatusTest, CharactersAreNotCutInTwo) {
  std::string message;
  for (int i = 0; i < 100; ++i) message += "é";

  for (std::size_t bytes_max = 20; bytes_max < 60; ++bytes_max) {
    EXPECT_TRUE(IsValidUtf8(ShortenMessage(message, bytes_max))) << bytes_max;
  }
}

TEST(StatusTest, ResponseThatNoClientCanReceiveIsRefusedWithBothSizes) {
  blob::v1::ReadBlobResponse response;
  response.set_data(std::string(kResponseBytes.max / 2, 'x'));
  EXPECT_TRUE(CheckResponse(response).ok());
  response.set_data(std::string(2 * kResponseBytes.max, 'x'));

  const absl::Status status = CheckResponse(response);

  EXPECT_TRUE(absl::IsResourceExhausted(status));
  EXPECT_THAT(std::string(status.message()), HasSubstr("6.0 MiB, at most 3.0 MiB are accepted"));
}

}  // namespace
}  // namespace orrery::rpc
