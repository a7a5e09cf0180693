#include "worker_sdk/cpp/session/attempt_board.h"

#include <string>

#include "model/attempt_id.h"
#include "model/codec/session_codec.h"
#include "model/outcome.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery {
namespace {

using ::testing::HasSubstr;

constexpr model::AttemptId kAttempt{1, 1};

class AttemptBoardTest : public ::testing::Test {
 protected:
  AttemptBoardTest() {
    board_
        .Update([](HeldAttempts& held) {
          held.Declare();
          return held.Resume({});
        })
        .IgnoreError();
  }

  void Assign(model::AttemptId id) {
    board_.Update([&](HeldAttempts& held) { held.Assign({.attempt = id}); });
  }

  SystemClock clock_;
  AttemptBoard board_{clock_};
};

TEST_F(AttemptBoardTest, LogOfAnAttemptThatIsNotHeldIsDiscarded) {
  board_.AppendLog(kAttempt, "nobody listens");
  EXPECT_TRUE(board_.TakeLogs().empty());

  Assign(kAttempt);
  board_.AppendLog(kAttempt, "hello");
  EXPECT_EQ(board_.TakeLogs().at(0).text, "hello");
}

TEST_F(AttemptBoardTest, LogsBeyondTheLimitAreCountedInsteadOfKept) {
  Assign(kAttempt);
  const std::string text(1024 - 64, 'x');  // An entry counts 64 bytes more.
  const std::size_t fitting = kLogBytes.max / 1024;
  for (std::size_t i = 0; i < fitting + 3; ++i) board_.AppendLog(kAttempt, text);

  const std::vector<LogEntry> logs = board_.TakeLogs();

  ASSERT_EQ(logs.size(), fitting + 1);
  EXPECT_THAT(logs.back().text, HasSubstr("3 log lines were discarded"));
}

TEST_F(AttemptBoardTest, EmptyLogLinesCountToo) {
  Assign(kAttempt);
  for (std::size_t i = 0; i < kLogBytes.max / 64 + 1; ++i) board_.AppendLog(kAttempt, "");

  EXPECT_THAT(board_.TakeLogs().back().text, HasSubstr("1 log lines were discarded"));
}

TEST_F(AttemptBoardTest, ALogLineAndStderrAreTheOutputOfAnError) {
  Assign(kAttempt);
  ASSERT_TRUE(board_.Start().has_value());
  board_.AppendLog(kAttempt, "by log");
  board_.AppendOutput(kAttempt, "by stderr\n");

  board_.Finish(kAttempt, model::TaskError{.message = "broken"});

  std::string told;
  board_.Update([&](HeldAttempts& held) {
    held.TakeOutcomes(1, 1, [&](const model::Outcome& outcome) {
      told = std::get<model::TaskError>(outcome.result).output.text;
    });
  });
  EXPECT_EQ(told, "by log\nby stderr");
  EXPECT_EQ(board_.TakeLogs().size(), 1u);
}

}  // namespace
}  // namespace orrery
