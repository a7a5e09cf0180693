#include "base/standard_streams.h"

#include <cstdio>
#include <fcntl.h>
#include <unistd.h>

#include "gtest/gtest.h"

namespace orrery {
namespace {

void ReplaceOutput(const char* path) {
  const int file = ::open(path, O_WRONLY);
  ::dup2(file, STDOUT_FILENO);
}

TEST(StandardStreamsDeathTest, AFullDeviceIsNoSuccess) {
  EXPECT_EXIT(
      {
        ReplaceOutput("/dev/full");
        std::printf("text");
        ::_exit(FinishOutput("program", 0));
      },
      ::testing::ExitedWithCode(kExitOutputLost),
      "program: cannot write to standard output: No space left on device");
}

TEST(StandardStreamsDeathTest, AClosedStreamIsNoSuccessAndNoOtherFileTakesItsPlace) {
  EXPECT_EXIT(
      {
        ::close(STDOUT_FILENO);
        PrepareStandardStreams();
        const int other = ::open("/dev/null", O_WRONLY);
        std::printf("text");
        ::_exit(other == STDOUT_FILENO ? 99 : FinishOutput("program", 0));
      },
      ::testing::ExitedWithCode(kExitOutputLost), "Bad file descriptor");
}

TEST(StandardStreamsDeathTest, OutputThatWasWrittenKeepsTheCode) {
  EXPECT_EXIT(
      {
        ReplaceOutput("/dev/null");
        std::printf("text");
        ::_exit(FinishOutput("program", 0));
      },
      ::testing::ExitedWithCode(0), "^$");
}

TEST(StandardStreamsDeathTest, AFailureKeepsItsCode) {
  EXPECT_EXIT(
      {
        ReplaceOutput("/dev/full");
        std::printf("text");
        ::_exit(FinishOutput("program", 4));
      },
      ::testing::ExitedWithCode(4), "cannot write");
}

}  // namespace
}  // namespace orrery
