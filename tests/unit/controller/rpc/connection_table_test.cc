#include "controller/rpc/connection_table.h"

#include <array>
#include <sys/socket.h>
#include <unistd.h>

#include "base/file_descriptor.h"
#include "fmt/format.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery::rpc {
namespace {

using ::testing::HasSubstr;

class ConnectionTableTest : public ::testing::Test {
 protected:
  ConnectionTableTest() {
    limits_.connections.max = 3;
    limits_.connections_per_peer.max = 2;
  }

  static FileDescriptor Socket() { return FileDescriptor(::socket(AF_UNIX, SOCK_STREAM, 0)); }

  ConnectionLimits limits_;
  absl::Time now_ = absl::UnixEpoch();
};

TEST_F(ConnectionTableTest, LimitsArePerPeerAndInAll) {
  ConnectionTable table(limits_);
  const std::array sockets = {Socket(), Socket(), Socket()};
  table.Add(sockets[0].value(), "uid 1");
  table.Add(sockets[1].value(), "uid 1");

  EXPECT_THAT(std::string(table.CheckRoom("uid 1", now_).message()),
              HasSubstr("limit connections_per_peer"));
  EXPECT_TRUE(table.CheckRoom("uid 2", now_).ok());
  table.Add(sockets[2].value(), "uid 2");
  EXPECT_THAT(std::string(table.CheckRoom("uid 2", now_).message()),
              HasSubstr("limit connections)"));
}

TEST_F(ConnectionTableTest, ClosedConnectionsLeaveRoomAtTheNextLook) {
  ConnectionTable table(limits_);
  FileDescriptor first = Socket();
  const FileDescriptor second = Socket();
  table.Add(first.value(), "uid 1");
  table.Add(second.value(), "uid 1");
  EXPECT_FALSE(table.CheckRoom("uid 1", now_).ok());
  const int number = first.value();
  first = FileDescriptor();

  EXPECT_FALSE(table.CheckRoom("uid 1", now_).ok());
  now_ += absl::Seconds(1);
  EXPECT_TRUE(table.CheckRoom("uid 1", now_).ok());

  // The same descriptor, another socket.
  table.Add(second.value(), "uid 1");
  const FileDescriptor reused = Socket();
  ASSERT_EQ(reused.value(), number);
  EXPECT_TRUE(table.CheckRoom("uid 1", now_).ok());
}

TEST(PeerOfTest, UserOfAUnixSocketIsNamed) {
  std::array<int, 2> ends{};
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()), 0);
  const FileDescriptor near(ends[0]);
  const FileDescriptor far(ends[1]);

  EXPECT_EQ(PeerOf(near.value()), fmt::format("uid {}", getuid()));
}

}  // namespace
}  // namespace orrery::rpc
