#include "controller/rpc/listening.h"

#include <arpa/inet.h>
#include <cstring>
#include <fstream>
#include <netinet/in.h>
#include <optional>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "base/file.h"
#include "base/file_descriptor.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery::rpc {
namespace {

using ::testing::HasSubstr;

class ListeningTest : public ::testing::Test {
 protected:
  FileDescriptor Listen(const std::string& path) {
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.data(), path.size());
    FileDescriptor socket(::socket(AF_UNIX, SOCK_STREAM, 0));
    EXPECT_EQ(bind(socket.value(), reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
    EXPECT_EQ(listen(socket.value(), 1), 0);
    return socket;
  }
  bool Exists() const {
    struct stat info = {};
    return lstat(path_.c_str(), &info) == 0;
  }

  absl::StatusOr<TempDirectory> directory_ = TempDirectory::Create();
  const std::string path_ = directory_->path() + "/s";
};

TEST_F(ListeningTest, SocketOfADeadProcessIsRemoved) {
  { const FileDescriptor socket = Listen(path_); }
  ASSERT_TRUE(Exists());

  EXPECT_TRUE(ClearStaleSocket(path_).ok());

  EXPECT_FALSE(Exists());
}

TEST_F(ListeningTest, SocketThatSomebodyAnswersStays) {
  const FileDescriptor socket = Listen(path_);

  const absl::Status status = ClearStaleSocket(path_);

  EXPECT_TRUE(absl::IsAlreadyExists(status));
  EXPECT_THAT(std::string(status.message()), HasSubstr("another process listens there"));
  EXPECT_TRUE(Exists());
}

TEST_F(ListeningTest, FileThatIsNoSocketStays) {
  std::ofstream(path_) << "precious";

  EXPECT_TRUE(absl::IsAlreadyExists(ClearStaleSocket(path_)));

  EXPECT_TRUE(Exists());
}

TEST_F(ListeningTest, NothingThereIsFine) { EXPECT_TRUE(ClearStaleSocket(path_).ok()); }

TEST_F(ListeningTest, PortIsFreeUntilSomebodyListens) {
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  std::optional<FileDescriptor> socket(::socket(AF_INET, SOCK_STREAM, 0));
  socklen_t size = sizeof(address);
  ASSERT_EQ(bind(socket->value(), reinterpret_cast<sockaddr*>(&address), size), 0);
  ASSERT_EQ(listen(socket->value(), 1), 0);
  ASSERT_EQ(getsockname(socket->value(), reinterpret_cast<sockaddr*>(&address), &size), 0);
  const Address taken{.unix_path = "", .host = "127.0.0.1", .port = ntohs(address.sin_port)};

  EXPECT_FALSE(IsPortFree(taken));
  socket.reset();
  EXPECT_TRUE(IsPortFree(taken));
}

}  // namespace
}  // namespace orrery::rpc
