#include "controller/rpc/acceptor.h"

#include <array>
#include <cstring>
#include <optional>
#include <poll.h>
#include <string>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <vector>

#include "base/file.h"
#include "base/log.h"
#include "base/mutex.h"
#include "controller/rpc/listening.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery::rpc {
namespace {

constexpr std::string_view kPreface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

class AcceptorTest : public ::testing::Test {
 protected:
  void Start() {
    absl::StatusOr<Listener> listener = Listen({.unix_path = path_, .host = "", .port = 0});
    ASSERT_TRUE(listener.ok()) << listener.status();
    acceptor_.emplace(std::move(listener->sockets), settings_, clock_,
                      [this](FileDescriptor connection) {
                        const MutexLock lock(mutex_);
                        passed_.push_back(std::move(connection));
                        changed_.NotifyAll();
                      });
  }

  FileDescriptor Connect() const {
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path_.data(), path_.size());
    FileDescriptor socket(::socket(AF_UNIX, SOCK_STREAM, 0));
    EXPECT_EQ(connect(socket.value(), reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0)
        << strerror(errno);
    return socket;
  }

  static void Send(const FileDescriptor& socket, std::string_view bytes) {
    EXPECT_EQ(send(socket.value(), bytes.data(), bytes.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(bytes.size()));
  }

  // Returns true if the other end closes the connection within `timeout_ms`.
  static bool AwaitClosed(const FileDescriptor& socket, int timeout_ms = 10'000) {
    pollfd watched = {socket.value(), POLLIN, 0};
    char byte = 0;
    return poll(&watched, 1, timeout_ms) == 1 && recv(socket.value(), &byte, 1, 0) <= 0;
  }

  void AwaitPassed(std::size_t count) {
    const MutexLock lock(mutex_);
    while (passed_.size() < count) changed_.Wait(mutex_);
  }
  std::size_t passed_count() {
    const MutexLock lock(mutex_);
    return passed_.size();
  }

  const absl::StatusOr<TempDirectory> directory_ = TempDirectory::Create();
  const std::string path_ = directory_->path() + "/s";
  AcceptorSettings settings_;
  SystemClock clock_;
  Mutex mutex_;
  CondVar changed_;
  std::vector<FileDescriptor> passed_ GUARDED_BY(mutex_);
  std::optional<Acceptor> acceptor_;
};

TEST_F(AcceptorTest, ConnectionIsPassedOnAfterItsWholePreface) {
  Start();
  const FileDescriptor socket = Connect();
  Send(socket, kPreface.substr(0, 10));
  EXPECT_FALSE(AwaitClosed(socket, 50));
  EXPECT_EQ(passed_count(), 0U);
  Send(socket, kPreface.substr(10));

  AwaitPassed(1);
  const MutexLock lock(mutex_);
  std::array<char, 100> bytes{};
  EXPECT_EQ(recv(passed_.front().value(), bytes.data(), bytes.size(), 0),
            static_cast<ssize_t>(kPreface.size()));
}

TEST_F(AcceptorTest, ConnectionThatSpeaksAnotherProtocolIsClosed) {
  Start();
  const FileDescriptor socket = Connect();
  Send(socket, "GET / HTTP/1.1\r\n\r\n");

  EXPECT_TRUE(AwaitClosed(socket));
}

TEST_F(AcceptorTest, ConnectionThatEndsInItsPrefaceIsClosedAtOnce) {
  Start();
  const FileDescriptor socket = Connect();
  Send(socket, kPreface.substr(0, 10));
  EXPECT_FALSE(AwaitClosed(socket, 50));

  shutdown(socket.value(), SHUT_WR);

  EXPECT_TRUE(AwaitClosed(socket, 5000));
}

TEST_F(AcceptorTest, ConnectionWithoutAPrefaceIsClosedInTime) {
  settings_.preface_time.max = 50;
  Start();
  const FileDescriptor silent = Connect();

  EXPECT_TRUE(AwaitClosed(silent));
}

TEST_F(AcceptorTest, OldestSilentConnectionGivesWay) {
  settings_.silent_connections.max = 2;
  Start();
  const FileDescriptor first = Connect();
  const FileDescriptor second = Connect();
  const FileDescriptor third = Connect();

  EXPECT_TRUE(AwaitClosed(first));
  Send(second, kPreface);
  Send(third, kPreface);
  AwaitPassed(2);
}

TEST_F(AcceptorTest, ConnectionsOfOnePeerAreLimitedUntilOthersAreClosed) {
  settings_.connections.connections_per_peer.max = 2;
  Start();
  const FileDescriptor first = Connect();
  Send(first, kPreface);
  const FileDescriptor second = Connect();
  Send(second, kPreface);
  AwaitPassed(2);

  EXPECT_TRUE(AwaitClosed(Connect()));

  {
    const MutexLock lock(mutex_);
    passed_.erase(passed_.begin());
  }
  while (passed_count() < 2) {
    const FileDescriptor next = Connect();
    if (AwaitClosed(next, 10)) continue;
    Send(next, kPreface);
    AwaitPassed(2);
  }
}

TEST_F(AcceptorTest, DescriptorsAboveTheReserveAreNotTaken) {
  settings_.descriptors_end = 0;
  Start();

  EXPECT_TRUE(AwaitClosed(Connect()));
}

TEST_F(AcceptorTest, AcceptsAgainAfterDescriptorsRanOut) {
  Start();
  // A sanitizer needs descriptors when it sees a class for the first time: here it sees those of
  // the thread and of the log while there are some.
  LOG(WARNING, "test.log_is_used").With("count", 1).With("reason", "text");
  const FileDescriptor first = Connect();
  Send(first, kPreface);
  AwaitPassed(1);
  std::vector<FileDescriptor> clients;
  for (int i = 0; i < 20; ++i) {
    clients.emplace_back(::socket(AF_UNIX, SOCK_STREAM, 0));
  }
  rlimit before = {};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  // No descriptor is left beside those that are open.
  rlimit low = before;
  low.rlim_cur = static_cast<rlim_t>(clients.back().value()) + 1;
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &low), 0);
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path_.data(), path_.size());
  for (const FileDescriptor& client : clients) {
    connect(client.value(), reinterpret_cast<sockaddr*>(&address), sizeof(address));
  }
  for (const FileDescriptor& client : clients) EXPECT_TRUE(AwaitClosed(client));
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &before), 0);

  const FileDescriptor socket = Connect();
  Send(socket, kPreface);
  AwaitPassed(2);
}

TEST(DescriptorsForConnectionsTest, KeepsAReserve) {
  EXPECT_EQ(DescriptorsForConnections(1'000'000), 999'744U);
  EXPECT_EQ(DescriptorsForConnections(400), 300U);
}

}  // namespace
}  // namespace orrery::rpc
