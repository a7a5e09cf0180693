#include "client/cpp/address.h"

#include <cstring>
#include <string>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/file.h"
#include "base/file_descriptor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace orrery::client {
namespace {

using ::testing::HasSubstr;

class ResolveAddressTest : public ::testing::Test {
 protected:
  ResolveAddressTest() : root_(TempDirectory::Create().value()) {}

  AddressSources Sources() const { return {.root = root_.path()}; }

  void WritePortFile(std::string_view text) const {
    ASSERT_TRUE(WriteFileAtomically(root_.path() + "/orreryd.port", text, Sync::kNone).ok());
  }

  FileDescriptor Listen() const {
    sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = {}};
    const std::string path = root_.path() + "/orreryd.sock";
    std::memcpy(address.sun_path, path.data(), path.size());
    FileDescriptor socket(::socket(AF_UNIX, SOCK_STREAM, 0));
    EXPECT_EQ(bind(socket.value(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    return socket;
  }

  const TempDirectory root_;
};

TEST_F(ResolveAddressTest, NothingSaidIsTheDefaultPort) {
  EXPECT_EQ(ResolveAddress(Sources()).value(), "127.0.0.1:7717");
}

TEST_F(ResolveAddressTest, PortFileNamesTheLoopbackPort) {
  WritePortFile("40123\n");

  EXPECT_EQ(ResolveAddress(Sources()).value(), "127.0.0.1:40123");
}

TEST_F(ResolveAddressTest, UnixSocketIsPreferredToThePort) {
  WritePortFile("40123\n");
  const FileDescriptor socket = Listen();

  EXPECT_EQ(ResolveAddress(Sources()).value(), "unix:" + root_.path() + "/orreryd.sock");
}

TEST_F(ResolveAddressTest, EnvironmentIsPreferredToTheRoot) {
  WritePortFile("40123\n");
  AddressSources sources = Sources();
  sources.environment = "cluster:7717";

  EXPECT_EQ(ResolveAddress(sources).value(), "cluster:7717");
}

TEST_F(ResolveAddressTest, CallerIsPreferredToTheEnvironment) {
  AddressSources sources = Sources();
  sources.environment = "cluster:7717";
  sources.server = "unix:/run/orreryd.sock";

  EXPECT_EQ(ResolveAddress(sources).value(), "unix:/run/orreryd.sock");
}

TEST_F(ResolveAddressTest, PortFileWithoutAPortIsNamed) {
  WritePortFile("soon");

  const absl::Status status = ResolveAddress(Sources()).status();

  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()), HasSubstr("orreryd.port contains 'soon'"));
}

TEST_F(ResolveAddressTest, AddressWithoutAPortIsRefused) {
  for (const std::string server : {"cluster", "cluster:", ":7717", "unix:", "cluster:70000"}) {
    AddressSources sources = Sources();
    sources.server = server;
    EXPECT_EQ(ResolveAddress(sources).status().code(), absl::StatusCode::kInvalidArgument)
        << server;
  }
}

}  // namespace
}  // namespace orrery::client
