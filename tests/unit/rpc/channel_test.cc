#include "rpc/channel.h"

#include "grpcpp/support/status.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery::rpc {
namespace {

using ::testing::HasSubstr;

TEST(FromGrpcStatusTest, CodesAreTheSame) {
  EXPECT_EQ(FromGrpcStatus(grpc::Status::OK, "host:1"), absl::OkStatus());
  EXPECT_EQ(FromGrpcStatus({grpc::StatusCode::NOT_FOUND, "no blob"}, "host:1"),
            absl::NotFoundError("no blob"));
}

TEST(FromGrpcStatusTest, WithoutAnAnswerTheMessageNamesTheController) {
  for (const grpc::StatusCode code :
       {grpc::StatusCode::UNAVAILABLE, grpc::StatusCode::DEADLINE_EXCEEDED,
        grpc::StatusCode::UNIMPLEMENTED}) {
    const absl::Status status = FromGrpcStatus({code, "why"}, "host:1");

    EXPECT_EQ(static_cast<int>(status.code()), static_cast<int>(code));
    EXPECT_THAT(std::string(status.message()), HasSubstr("host:1"));
    EXPECT_THAT(std::string(status.message()), HasSubstr("why"));
  }
}

}  // namespace
}  // namespace orrery::rpc
