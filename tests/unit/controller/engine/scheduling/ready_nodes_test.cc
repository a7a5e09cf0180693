#include "controller/engine/scheduling/ready_nodes.h"

#include <set>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace orrery::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

constexpr TaskKindId kLinspace(1);
constexpr TaskKindId kReshape(2);

ReadyNode NodeAt(std::uint64_t workflow, NodeIndex node) {
  return {WorkflowNumber(workflow), {.frame = 0, .node = node}};
}

absl::Time AtSecond(int seconds) { return absl::FromUnixSeconds(seconds); }

class ReadyNodesTest : public ::testing::Test {
 protected:
  void Queue(TaskKindId kind, const ReadyNode& node,
             std::optional<absl::Time> deadline = std::nullopt) {
    ready_.Queue(kind, node, QueueEntry::kNew, deadline);
  }

  std::set<TaskKindId> queued_;
  ReadyNodes ready_{[this](TaskKindId kind, bool is_queued) {
    if (is_queued) {
      EXPECT_TRUE(queued_.insert(kind).second);
    } else {
      EXPECT_EQ(queued_.erase(kind), 1u);
    }
  }};
};

TEST_F(ReadyNodesTest, TellsWhichKindsAreQueued) {
  Queue(kLinspace, NodeAt(1, 0));
  Queue(kLinspace, NodeAt(1, 1));
  Queue(kReshape, NodeAt(1, 2));
  EXPECT_THAT(queued_, ElementsAre(kLinspace, kReshape));

  EXPECT_EQ(ready_.Pop(kLinspace), NodeAt(1, 0));
  EXPECT_EQ(ready_.Pop(kReshape), NodeAt(1, 2));
  EXPECT_THAT(queued_, ElementsAre(kLinspace));

  EXPECT_EQ(ready_.Pop(kLinspace), NodeAt(1, 1));
  EXPECT_THAT(queued_, IsEmpty());
}

TEST_F(ReadyNodesTest, NodesThatChangeTheirKindKeepTheirOrderAndTheirDeadline) {
  Queue(kLinspace, NodeAt(1, 0), AtSecond(5));
  Queue(kLinspace, NodeAt(1, 1));
  Queue(kLinspace, NodeAt(1, 2));

  ready_.Redistribute(
      kLinspace, [](const ReadyNode& node) { return node.node.node == 1 ? kLinspace : kReshape; });

  EXPECT_EQ(ready_.Pop(kLinspace), NodeAt(1, 1));
  EXPECT_THAT(queued_, ElementsAre(kReshape));
  EXPECT_EQ(ready_.next_time(), AtSecond(5));
  EXPECT_EQ(ready_.Pop(kReshape), NodeAt(1, 0));
  EXPECT_EQ(ready_.Pop(kReshape), NodeAt(1, 2));
}

TEST_F(ReadyNodesTest, ANodeIsWhereItWasPut) {
  Queue(kLinspace, NodeAt(1, 0));
  ready_.Hold(NodeAt(1, 1), Paused());
  ready_.Hold(NodeAt(1, 2), Delayed{AtSecond(5)});

  EXPECT_TRUE(std::holds_alternative<Queued>(ready_.PlaceOf(NodeAt(1, 0))));
  EXPECT_TRUE(std::holds_alternative<Paused>(ready_.PlaceOf(NodeAt(1, 1))));
  EXPECT_EQ(std::get<Delayed>(ready_.PlaceOf(NodeAt(1, 2))).until, AtSecond(5));
  EXPECT_EQ(ready_.CountOf(WorkflowNumber(1)), 3u);
  EXPECT_EQ(ready_.CountOf(WorkflowNumber(2)), 0u);
}

TEST_F(ReadyNodesTest, ADelayedNodeIsTakenWhenItsTimeHasCome) {
  ready_.Hold(NodeAt(1, 0), Delayed{AtSecond(5)});

  EXPECT_EQ(ready_.next_time(), AtSecond(5));
  EXPECT_EQ(ready_.PopDelayed(AtSecond(4)), std::nullopt);
  EXPECT_EQ(ready_.PopDelayed(AtSecond(5)), NodeAt(1, 0));
  EXPECT_EQ(ready_.next_time(), absl::InfiniteFuture());
  EXPECT_EQ(ready_.CountOf(WorkflowNumber(1)), 0u);
}

TEST_F(ReadyNodesTest, AnOverdueNodeStaysQueuedUntilItIsRemoved) {
  Queue(kLinspace, NodeAt(1, 0), AtSecond(5));

  EXPECT_EQ(ready_.PopOverdue(AtSecond(5)), NodeAt(1, 0));
  EXPECT_EQ(ready_.CountOf(WorkflowNumber(1)), 1u);
  ready_.Remove(NodeAt(1, 0), kLinspace);

  EXPECT_THAT(queued_, IsEmpty());
}

TEST_F(ReadyNodesTest, ANodeThatIsTakenFromItsQueueHasNoDeadlineAnyMore) {
  Queue(kLinspace, NodeAt(1, 0), AtSecond(5));
  Queue(kLinspace, NodeAt(2, 0), AtSecond(6));

  EXPECT_EQ(ready_.Pop(kLinspace), NodeAt(1, 0));
  EXPECT_THAT(ready_.TakeQueued(WorkflowNumber(2)), ElementsAre(NodeAt(2, 0)));

  EXPECT_EQ(ready_.next_time(), absl::InfiniteFuture());
}

TEST_F(ReadyNodesTest, HeldNodesAreTakenByPlaceAndWorkflow) {
  ready_.Hold(NodeAt(1, 0), Paused());
  ready_.Hold(NodeAt(2, 0), Paused());
  ready_.Hold(NodeAt(2, 1), Cached());

  EXPECT_EQ(ready_.CountHeld<Paused>(WorkflowNumber(2)), 1u);
  EXPECT_THAT(ready_.TakeHeld<Paused>(WorkflowNumber(2)), ElementsAre(NodeAt(2, 0)));
  EXPECT_THAT(ready_.TakeHeld<Paused>(), ElementsAre(NodeAt(1, 0)));
  EXPECT_EQ(ready_.PopHeld<Cached>(WorkflowNumber(1)), std::nullopt);
  EXPECT_EQ(ready_.PopHeld<Cached>(), NodeAt(2, 1));
  EXPECT_FALSE(ready_.has_held<Cached>());
}

TEST_F(ReadyNodesTest, AWorkflowIsRemovedFromEveryPlace) {
  Queue(kLinspace, NodeAt(1, 0), AtSecond(5));
  Queue(kLinspace, NodeAt(2, 0));
  ready_.Hold(NodeAt(1, 1), Delayed{AtSecond(6)});
  ready_.Hold(NodeAt(1, 2), AwaitingReuse());

  ready_.RemoveWorkflow(WorkflowNumber(1));

  EXPECT_EQ(ready_.CountOf(WorkflowNumber(1)), 0u);
  EXPECT_EQ(ready_.next_time(), absl::InfiniteFuture());
  EXPECT_THAT(ready_.CountQueued(WorkflowNumber(1)), IsEmpty());
  EXPECT_THAT(ready_.CountQueued(WorkflowNumber(2)), ElementsAre(Pair(kLinspace, 1u)));
}

}  // namespace
}  // namespace orrery::engine
