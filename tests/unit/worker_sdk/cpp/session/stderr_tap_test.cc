#include "worker_sdk/cpp/session/stderr_tap.h"

#include <cstdio>
#include <iostream>
#include <string>
#include <thread>
#include <unistd.h>

#include "base/file_descriptor.h"
#include "base/process.h"
#include "model/attempt_id.h"
#include "worker_sdk/cpp/session/attempt_runner.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery {
namespace {

using ::testing::internal::CaptureStderr;
using ::testing::internal::GetCapturedStderr;

class StderrTapTest : public ::testing::Test {
 protected:
  StderrTap::Listener Hear() {
    return [this](std::string_view text) { heard_ += text; };
  }

  std::string heard_;
};

TEST_F(StderrTapTest, PipeThatNobodyReadsDelaysOnlyOnce) {
  const FileDescriptor before(dup(STDERR_FILENO));
  const Pipe pipe = MakePipe().value();
  ASSERT_GE(dup2(pipe.write.value(), STDERR_FILENO), 0);
  {
    const StderrTap tap(Hear());
    for (int i = 0; i < 1000; ++i) std::fprintf(stderr, "%s\n", std::string(999, 'x').c_str());
  }
  ASSERT_GE(dup2(before.value(), STDERR_FILENO), 0);

  EXPECT_EQ(heard_.size(), 1'000'000U);
}

TEST_F(StderrTapTest, HearsStreamsAndStdioAndLetsThemThrough) {
  CaptureStderr();
  {
    const StderrTap tap(Hear());
    std::cerr << "one " << 1 << "\n";
    std::clog << "two\n";
    std::fprintf(stderr, "three %d\n", 3);
  }

  EXPECT_EQ(GetCapturedStderr(), "one 1\ntwo\nthree 3\n");
  EXPECT_EQ(heard_, "one 1\ntwo\nthree 3\n");
}

TEST_F(StderrTapTest, HearsNothingAfterItsEnd) {
  CaptureStderr();
  { const StderrTap tap(Hear()); }
  std::cerr << "one\n";
  std::fprintf(stderr, "two\n");

  EXPECT_EQ(GetCapturedStderr(), "one\ntwo\n");
  EXPECT_EQ(heard_, "");
}

TEST_F(StderrTapTest, TheDescriptorBehindStderrStaysTheSame) {
  const StderrTap tap(Hear());

  EXPECT_EQ(fileno(stderr), STDERR_FILENO);
}

TEST_F(StderrTapTest, AThreadWritesForTheAttemptThatItRuns) {
  CaptureStderr();
  std::vector<std::optional<model::AttemptId>> authors;
  {
    const StderrTap tap([&](std::string_view) { authors.push_back(AttemptThread::Current()); });
    std::thread([] {
      const AttemptThread attempt({1, 7});
      std::fputs("mine\n", stderr);
    }).join();
    std::fputs("nobody's\n", stderr);
  }

  EXPECT_EQ(GetCapturedStderr(), "mine\nnobody's\n");
  EXPECT_THAT(authors, ::testing::ElementsAre(model::AttemptId{1, 7}, std::nullopt));
}

}  // namespace
}  // namespace orrery
