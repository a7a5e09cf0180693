#include "controller/rpc/listening.h"

#include <cstring>
#include <fstream>
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
  FileDescriptor Occupy(const std::string& path) {
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
  { const FileDescriptor socket = Occupy(path_); }
  ASSERT_TRUE(Exists());

  EXPECT_TRUE(ClearStaleSocket(path_).ok());

  EXPECT_FALSE(Exists());
}

TEST_F(ListeningTest, SocketThatSomebodyAnswersStays) {
  const FileDescriptor socket = Occupy(path_);

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

TEST_F(ListeningTest, UnixSocketIsOnlyForItsOwner) {
  const absl::StatusOr<Listener> listener = Listen({.unix_path = path_, .host = "", .port = 0});

  ASSERT_TRUE(listener.ok()) << listener.status();
  struct stat info = {};
  ASSERT_EQ(lstat(path_.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777, S_IRUSR | S_IWUSR);
}

TEST_F(ListeningTest, PortThatIsTakenIsRefused) {
  const absl::StatusOr<Listener> first = Listen({.unix_path = "", .host = "127.0.0.1", .port = 0});
  ASSERT_TRUE(first.ok()) << first.status();
  ASSERT_NE(first->bound.port, 0);

  const absl::Status second = Listen(first->bound).status();

  EXPECT_TRUE(absl::IsAlreadyExists(second));
  EXPECT_THAT(std::string(second.message()), HasSubstr("take another port"));
}

TEST_F(ListeningTest, AddressOfAnotherMachineIsRefused) {
  const absl::Status status = Listen({.unix_path = "", .host = "192.0.2.1", .port = 0}).status();

  EXPECT_TRUE(absl::IsUnavailable(status)) << status;
}

}  // namespace
}  // namespace orrery::rpc
