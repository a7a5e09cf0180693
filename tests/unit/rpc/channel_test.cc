#include "rpc/channel.h"

#include <algorithm>
#include <memory>
#include <string>
#include <unistd.h>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "base/file.h"
#include "grpcpp/channel.h"
#include "grpcpp/security/server_credentials.h"
#include "grpcpp/server.h"
#include "grpcpp/server_builder.h"
#include "grpcpp/support/status.h"
#include "orrery/blob/v1/blob_service.grpc.pb.h"
#include "rpc/address.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery::rpc {
namespace {

using ::testing::HasSubstr;

// Returns true if a server and a client that are given the same path meet at a socket of that name.
bool MeetAt(const std::string& path) {
  const std::string address = "unix:" + path;
  grpc::ServerBuilder builder;
  builder.AddListeningPort(Address::Parse(address)->Target(), grpc::InsecureServerCredentials());
  // Without a service gRPC does not start: nothing would poll.
  blob::v1::BlobService::Service service;
  builder.RegisterService(&service);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr || access(path.c_str(), F_OK) != 0) return false;
  const bool is_connected =
      OpenChannel(address)->WaitForConnected(absl::ToChronoTime(absl::Now() + absl::Seconds(2)));
  server->Shutdown();
  return is_connected;
}

TEST(OpenChannelTest, ServerAndClientMeetAtAPathOfAnyCharacters) {
  const absl::StatusOr<TempDirectory> directory = TempDirectory::Create();
  ASSERT_TRUE(directory.ok());
  for (int c = 1; c < 256; ++c) {
    if (c == '/') continue;
    const std::string folder = directory->path() + "/x" + static_cast<char>(c) + "y";
    ASSERT_TRUE(MakeDirectories(folder).ok());
    EXPECT_TRUE(MeetAt(folder + "/s")) << c;
    EXPECT_TRUE(c == ',' || MeetAt(folder + static_cast<char>(c))) << c;
  }
  EXPECT_TRUE(MeetAt(directory->path() + "//a%2Fb"));
  ASSERT_TRUE(MakeDirectories(directory->path() + "/deep/below").ok());
  ASSERT_EQ(
      symlink((directory->path() + "/deep/below").c_str(), (directory->path() + "/link").c_str()),
      0);
  EXPECT_TRUE(MeetAt(directory->path() + "/link/../s"));
  EXPECT_TRUE(MeetAt(directory->path() + "/deep/t"));
}

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
