#include "controller/checkpoints/checkpoint_queue.h"

#include <string>
#include <utility>

#include "gtest/gtest.h"

namespace orrery::checkpoints {
namespace {

const Uuid kAda = Uuid::FromInteger(1);
const Uuid kBob = Uuid::FromInteger(2);

constexpr Limit kBytes{.name = "checkpoint_queue_bytes", .max = 1000};

QueuedCheckpoint Line(const Uuid& workflow, std::size_t cost, std::uint64_t lsn = 0) {
  return {.what = CheckpointItem(CheckpointLogLine{workflow, "line"}), .cost = cost, .lsn = lsn};
}

TEST(CheckpointQueueTest, WorkflowsTakeTurnsHoweverMuchOneHas) {
  CheckpointQueue queue({.max = 1'000'000});
  for (int i = 0; i < 1000; ++i) ASSERT_TRUE(queue.TryPush(kAda, Line(kAda, 1)));
  ASSERT_TRUE(queue.TryPush(kBob, Line(kBob, 1)));

  CheckpointQueue::Turn first = queue.Take();
  EXPECT_EQ(first.workflow, kAda);
  EXPECT_LT(first.queued.size(), 100u);
  first.queued.clear();
  queue.EndTurn(std::move(first));

  EXPECT_EQ(queue.Take().workflow, kBob);
}

TEST(CheckpointQueueTest, WhatIsLeftOfATurnIsNextAndInOrder) {
  CheckpointQueue queue({.max = 1000});
  queue.Push(kAda, Line(kAda, 1, 5));
  queue.Push(kAda, Line(kAda, 1, 6));
  queue.Push(kAda, Line(kAda, 1, 7));

  CheckpointQueue::Turn turn = queue.Take();
  turn.queued.pop_front();
  queue.EndTurn(std::move(turn));

  EXPECT_EQ(queue.bytes(), 2u);
  EXPECT_EQ(queue.Take().queued.front().lsn, 6u);
}

TEST(CheckpointQueueTest, OneWorkflowGetsHalfAndLeavesRoomForOthers) {
  CheckpointQueue queue(kBytes);
  int accepted = 0;
  while (accepted < 1000 && queue.TryPush(kAda, Line(kAda, 10))) ++accepted;

  EXPECT_EQ(accepted, 50);
  EXPECT_TRUE(queue.TryPush(kBob, Line(kBob, 200)));
  EXPECT_FALSE(queue.TryPush(kAda, Line(kAda, 10)));
}

TEST(CheckpointQueueTest, OneMarkTellsOfAllThatWasLeftOut) {
  CheckpointQueue queue(kBytes);
  queue.PushGap(kAda, Line(kAda, 0));
  queue.PushGap(kAda, Line(kAda, 0));

  EXPECT_EQ(queue.Take().queued.size(), 1u);
}

TEST(CheckpointQueueTest, PositionIsBehindTheOldestUnwrittenEvent) {
  CheckpointQueue queue(kBytes);
  queue.Push(kAda, Line(kAda, 1, 3));
  queue.Push(kBob, Line(kBob, 1, 8));
  EXPECT_EQ(queue.Position(), 3u);

  CheckpointQueue::Turn turn = queue.Take();
  EXPECT_EQ(queue.Position(), 3u) << "it is being written";
  turn.queued.clear();
  queue.EndTurn(std::move(turn));
  EXPECT_EQ(queue.Position(), 8u);

  turn = queue.Take();
  turn.queued.clear();
  queue.EndTurn(std::move(turn));
  EXPECT_EQ(queue.Position(), 8u);
  EXPECT_TRUE(queue.is_empty());
}

}  // namespace
}  // namespace orrery::checkpoints
