#include "controller/engine/scheduling/ready_queue.h"

#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery::engine {
namespace {

using ::testing::ElementsAre;

constexpr WorkflowNumber kFirst{1};
constexpr WorkflowNumber kSecond{2};
constexpr WorkflowNumber kThird{3};

ReadyNode Node(WorkflowNumber workflow, NodeIndex node) { return {workflow, {0, node}}; }

class ReadyQueueTest : public ::testing::Test {
 protected:
  void Return(WorkflowNumber workflow, NodeIndex node) {
    queue_.Push(Node(workflow, node), QueueEntry::kReturned);
  }
  void PushAll(WorkflowNumber workflow, NodeIndex count) {
    for (NodeIndex node = 0; node < count; ++node) queue_.Push(Node(workflow, node));
  }
  std::vector<ReadyNode> PopAll() {
    std::vector<ReadyNode> nodes;
    while (const auto node = queue_.Pop()) nodes.push_back(*node);
    return nodes;
  }

  ReadyQueue queue_;
};

TEST_F(ReadyQueueTest, NothingComesOutOfAnEmptyQueue) {
  EXPECT_TRUE(queue_.empty());
  EXPECT_EQ(queue_.Pop(), std::nullopt);
}

TEST_F(ReadyQueueTest, OneWorkflowIsServedOldestFirst) {
  queue_.Push(Node(kFirst, 7));
  queue_.Push(Node(kFirst, 3));

  EXPECT_THAT(PopAll(), ElementsAre(Node(kFirst, 7), Node(kFirst, 3)));
  EXPECT_TRUE(queue_.empty());
}

TEST_F(ReadyQueueTest, WorkflowsTakeTurns) {
  PushAll(kFirst, 3);
  PushAll(kThird, 1);
  PushAll(kSecond, 2);

  EXPECT_THAT(PopAll(), ElementsAre(Node(kFirst, 0), Node(kSecond, 0), Node(kThird, 0),
                                    Node(kFirst, 1), Node(kSecond, 1), Node(kFirst, 2)));
}

TEST_F(ReadyQueueTest, ANewWorkflowDoesNotWaitBehindALargeOne) {
  PushAll(kFirst, 1000);
  queue_.Pop();
  queue_.Push(Node(kSecond, 0));

  EXPECT_EQ(queue_.Pop(), Node(kSecond, 0));
}

TEST_F(ReadyQueueTest, TurnsGoOnWhereTheyWereAfterTheQueueWasEmpty) {
  PushAll(kFirst, 1);
  queue_.Pop();
  PushAll(kFirst, 1);
  PushAll(kSecond, 1);

  EXPECT_THAT(PopAll(), ElementsAre(Node(kSecond, 0), Node(kFirst, 0)));
}

TEST_F(ReadyQueueTest, WhatWasTakenBackIsServedFirst) {
  PushAll(kFirst, 2);
  Return(kFirst, 7);
  Return(kFirst, 5);

  EXPECT_EQ(queue_.CountOf(kFirst), 4u);
  EXPECT_THAT(PopAll(),
              ElementsAre(Node(kFirst, 7), Node(kFirst, 5), Node(kFirst, 0), Node(kFirst, 1)));
  EXPECT_TRUE(queue_.empty());
}

TEST_F(ReadyQueueTest, WhatWasTakenBackIsServedInTheTurnOfItsWorkflow) {
  PushAll(kFirst, 2);
  PushAll(kSecond, 2);
  Return(kThird, 9);
  Return(kSecond, 9);

  EXPECT_THAT(PopAll(), ElementsAre(Node(kFirst, 0), Node(kSecond, 9), Node(kThird, 9),
                                    Node(kFirst, 1), Node(kSecond, 0), Node(kSecond, 1)));
}

TEST_F(ReadyQueueTest, WhatWasTakenBackCanBeAllThereIs) {
  Return(kSecond, 1);
  Return(kFirst, 1);

  EXPECT_FALSE(queue_.empty());
  EXPECT_THAT(PopAll(), ElementsAre(Node(kFirst, 1), Node(kSecond, 1)));
}

TEST_F(ReadyQueueTest, WhatWasTakenBackIsRemovedLikeOthers) {
  PushAll(kFirst, 1);
  Return(kFirst, 7);
  Return(kFirst, 5);

  EXPECT_TRUE(queue_.Remove(Node(kFirst, 7)));
  EXPECT_THAT(queue_.TakeAll(kFirst), ElementsAre(NodeRef{0, 5}, NodeRef{0, 0}));
  Return(kFirst, 3);
  queue_.RemoveWorkflow(kFirst);

  EXPECT_TRUE(queue_.empty());
}

TEST_F(ReadyQueueTest, ARemovedNodeIsNotServed) {
  PushAll(kFirst, 3);

  EXPECT_TRUE(queue_.Remove(Node(kFirst, 1)));

  EXPECT_THAT(PopAll(), ElementsAre(Node(kFirst, 0), Node(kFirst, 2)));
}

TEST_F(ReadyQueueTest, RemovingWhatIsNotThereSaysSo) {
  PushAll(kFirst, 1);

  EXPECT_FALSE(queue_.Remove(Node(kFirst, 1)));
  EXPECT_FALSE(queue_.Remove(Node(kSecond, 0)));
  EXPECT_EQ(queue_.CountOf(kFirst), 1u);
}

TEST_F(ReadyQueueTest, RemovingTheLastNodeEmptiesTheQueue) {
  PushAll(kFirst, 1);
  queue_.Remove(Node(kFirst, 0));

  EXPECT_TRUE(queue_.empty());
}

TEST_F(ReadyQueueTest, AWorkflowIsRemovedWhole) {
  PushAll(kFirst, 2);
  PushAll(kSecond, 1);

  queue_.RemoveWorkflow(kFirst);

  EXPECT_EQ(queue_.CountOf(kFirst), 0u);
  EXPECT_EQ(queue_.CountOf(kSecond), 1u);
  EXPECT_THAT(PopAll(), ElementsAre(Node(kSecond, 0)));
}

}  // namespace
}  // namespace orrery::engine
