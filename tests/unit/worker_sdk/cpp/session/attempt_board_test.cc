#include "worker_sdk/cpp/session/attempt_board.h"

#include <atomic>
#include <string>
#include <thread>

#include "worker_sdk/cpp/session/slot_pool.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery {
namespace {

using ::testing::HasSubstr;

constexpr AttemptId kAttempt{1, 1};

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

  void Assign(AttemptId id) {
    board_.Update([&](HeldAttempts& held) { held.Assign({.attempt = id}); });
  }

  SystemClock clock_;
  AttemptBoard board_{clock_};
};

TEST_F(AttemptBoardTest, SlotsRunWhatIsAssignedAndWakeTheWriter) {
  Mutex mutex;
  CondVar changed;
  int wakes = 0;
  board_.SetWake([&] {
    const MutexLock lock(mutex);
    ++wakes;
    changed.NotifyAll();
  });
  {
    SlotPool slots(board_, 2, [](const StartedAttempt&) { return TaskOutputs{}; });
    for (std::uint64_t i = 1; i <= 10; ++i) Assign({1, i});
    const MutexLock lock(mutex);
    while (wakes < 10) changed.Wait(mutex);
  }

  const auto outcomes =
      board_.Update([](HeldAttempts& held) { return held.TakeOutcomes(100, 1 << 20); });

  EXPECT_EQ(outcomes.size(), 10u);
}

TEST_F(AttemptBoardTest, StopReportsATaskThatStillRuns) {
  CancellationSource release;
  SlotPool slots(board_, 1, [&](const StartedAttempt&) {
    release.token().WaitFor(absl::Minutes(1));
    return TaskOutputs{};
  });
  Assign(kAttempt);
  while (board_.Ask([](const HeldAttempts& held) { return held.can_start(); })) {
    std::this_thread::yield();
  }

  EXPECT_FALSE(slots.Stop(absl::ZeroDuration()));
  release.Cancel("");
  EXPECT_TRUE(slots.Stop(absl::Minutes(1)));
}

TEST_F(AttemptBoardTest, LogOfAnAttemptThatIsNotHeldIsDropped) {
  board_.AppendLog(kAttempt, "nobody listens");
  EXPECT_TRUE(board_.TakeLogs().empty());

  Assign(kAttempt);
  board_.AppendLog(kAttempt, "hello");
  EXPECT_EQ(board_.TakeLogs().at(0).text, "hello");
}

TEST_F(AttemptBoardTest, LogsBeyondTheLimitAreCountedInsteadOfKept) {
  Assign(kAttempt);
  const std::string text(kLogEntryBytesMax, 'x');
  const std::size_t fitting = kLogBytesMax / kLogEntryBytesMax;
  for (std::size_t i = 0; i < fitting + 3; ++i) board_.AppendLog(kAttempt, text);

  const std::vector<LogEntry> logs = board_.TakeLogs();

  ASSERT_EQ(logs.size(), fitting + 1);
  EXPECT_THAT(logs.back().text, HasSubstr("3 log lines were dropped"));
}

}  // namespace
}  // namespace orrery
