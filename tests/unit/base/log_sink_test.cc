#include "base/log_sink.h"

#include <algorithm>
#include <array>
#include <fcntl.h>
#include <poll.h>
#include <string>
#include <sys/socket.h>
#include <unistd.h>

#include "base/process.h"
#include "fmt/format.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace orrery {
namespace {

std::string SayDiscarded(std::uint64_t count) { return fmt::format("discarded {}\n", count); }

// Returns what can be read at once.
std::string ReadAll(int descriptor) {
  std::string all;
  std::array<char, 4096> buffer{};
  pollfd watched = {descriptor, POLLIN, 0};
  while (poll(&watched, 1, 0) == 1) {
    const ssize_t size = read(descriptor, buffer.data(), buffer.size());
    if (size <= 0) break;
    all.append(buffer.data(), static_cast<std::size_t>(size));
  }
  return all;
}

class LogSinkTest : public ::testing::Test {
 protected:
  Pipe pipe_ = *MakePipe();
  LogSink sink_{pipe_.write.value(), SayDiscarded};
};

TEST_F(LogSinkTest, LinesOfAFullPipeAreDiscardedAndCounted) {
  const std::string line = std::string(999, 'x') + "\n";
  for (int i = 0; i < 100; ++i) sink_.Write(line);  // A pipe has room for about 64.
  const std::string first = ReadAll(pipe_.read.value());
  sink_.Write("again\n");

  const auto written = static_cast<std::size_t>(std::count(first.begin(), first.end(), '\n'));
  EXPECT_GT(written, 10);
  EXPECT_LT(written, 100);
  EXPECT_THAT(ReadAll(pipe_.read.value()),
              ::testing::EndsWith(fmt::format("discarded {}\nagain\n", 100 - written)));
}

TEST_F(LogSinkTest, LineThatWasCutEndsBeforeTheNext) {
  sink_.Write(std::string(200'000, 'x') + "\n");
  const std::string cut = ReadAll(pipe_.read.value());
  sink_.Write("again\n");

  EXPECT_LT(cut.size(), 200'000);
  EXPECT_EQ(ReadAll(pipe_.read.value()), "\ndiscarded 1\nagain\n");
}

TEST_F(LogSinkTest, FlagsThatOtherProcessesShareStay) {
  sink_.Write("line\n");

  EXPECT_EQ(fcntl(pipe_.write.value(), F_GETFL) & O_NONBLOCK, 0);
}

TEST_F(LogSinkTest, DescriptorThatBecomesAnotherFileIsFollowed) {
  sink_.Write("first\n");
  const Pipe other = *MakePipe();
  ASSERT_GE(dup2(other.write.value(), pipe_.write.value()), 0);
  sink_.Write("second\n");

  EXPECT_EQ(ReadAll(other.read.value()), "second\n");
}

TEST(LogSinkSocketTest, SocketThatNobodyReadsDoesNotBlock) {
  std::array<int, 2> ends{};
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()), 0);
  const FileDescriptor near(ends[0]);
  const FileDescriptor far(ends[1]);
  LogSink sink(near.value(), SayDiscarded);
  for (int i = 0; i < 1000; ++i) sink.Write(std::string(9999, 'x') + "\n");
  ReadAll(far.value());
  sink.Write("again\n");

  EXPECT_THAT(ReadAll(far.value()), ::testing::ContainsRegex("discarded [0-9]+\nagain\n"));
}

}  // namespace
}  // namespace orrery
