// Attempts that are returned without having run, and slots in which nothing can begin.
#include "model/worker.h"
#include "model/workflow.h"
#include "tests/unit/controller/engine/engine_fixture.h"

namespace orrery::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

class EngineReturnTest : public EngineFixture {
 protected:
  EngineReturnTest() {
    Settings settings{.prefetch = 0};
    settings.forgiven_returns.max = 2;
    settings.node_returns.max = 5;
    settings.worker_returns.max = 4;
    Reset(settings);
    Start();
  }
  void ReleaseLast() { Release(assigned_.back()); }
  void Stuck(SessionId session, std::uint32_t slots) {
    Step(ProgressReported{.session = session, .reports = {}, .stuck_slots = slots});
  }
  // Of the only open node.
  model::NodeExplanation Explained() const {
    return engine_->Explain(kFlow, graph::Location::Parse("-.N0").value())->nodes.at(0);
  }
};

TEST_F(EngineReturnTest, ANodeThatIsReturnedAgainAndAgainWaitsLongerEachTime) {
  Connect(kLeft);
  ASSERT_TRUE(Submit(OneTask()).ok());
  ReleaseLast();
  ReleaseLast();
  EXPECT_THAT(assigned_, SizeIs(3)) << "forgiven_returns";

  ReleaseLast();
  EXPECT_THAT(assigned_, SizeIs(3));
  EXPECT_THAT(Explained().reasons.at(0),
              HasSubstr("3 of its attempts were returned by workers without an outcome"));
  Elapse(absl::Milliseconds(100));
  EXPECT_THAT(assigned_, SizeIs(4));
}

TEST_F(EngineReturnTest, ANodeThatIsReturnedTooOftenFails) {
  Connect(kLeft);
  ASSERT_TRUE(Submit(OneTask()).ok());

  for (int i = 0; i < 5; ++i) {
    ReleaseLast();
    Elapse(absl::Seconds(20));
  }

  EXPECT_EQ(StatusOf(), model::WorkflowStatus::kFailed);
  EXPECT_THAT(FailureOf(), HasSubstr("5 attempts were returned by workers without an outcome"));
  EXPECT_THAT(FailureOf(), HasSubstr("limit node_returns"));
}

TEST_F(EngineReturnTest, AnAttemptThatNeverArrivedCountsAsGivenBack) {
  Connect(kLeft);
  ASSERT_TRUE(Submit(OneTask()).ok());

  for (int i = 0; i < 5; ++i) {
    Connect(kLeft);
    Elapse(absl::Seconds(20));
  }

  EXPECT_EQ(StatusOf(), model::WorkflowStatus::kFailed);
}

TEST_F(EngineReturnTest, AWorkerThatGivesEverythingBackRestsAndThenGetsOneAttemptAtATime) {
  const SessionId session = Connect(kLeft, {.slots = 4});
  ASSERT_TRUE(Submit(Fan(20)).ok());
  EXPECT_THAT(AssignedTo(session), SizeIs(4));

  Step(AttemptsReleased{session, [&] {
                          std::vector<model::AttemptId> attempts;
                          for (const auto& attempt : assigned_) attempts.push_back(attempt.attempt);
                          return attempts;
                        }()});
  EXPECT_THAT(AssignedTo(session), SizeIs(4)) << "worker_returns";
  Elapse(absl::Milliseconds(100));
  EXPECT_THAT(AssignedTo(session), SizeIs(5));
  Succeed(assigned_.back());

  EXPECT_THAT(AssignedTo(session), SizeIs(9)) << "an outcome makes it a worker as any other";
}

TEST_F(EngineReturnTest, WhatWasAskedForIsNoReturn) {
  Settings settings = settings_;
  settings.prefetch = 2;
  records_.clear();
  Reset(settings);
  Start();
  const SessionId left = Connect(kLeft);
  ASSERT_TRUE(Submit(Fan(3)).ok());
  Connect(kRight);
  Elapse(absl::Seconds(1));
  ASSERT_THAT(AssignedTo(left), SizeIs(3));

  Release(AssignedTo(left)[2]);

  EXPECT_THAT(assigned_, SizeIs(4));
}

// --- Slots in which nothing can begin ---

TEST_F(EngineReturnTest, AStuckSlotIsNotFree) {
  const SessionId session = Connect(kLeft, {.slots = 2});
  Stuck(session, 1);

  ASSERT_TRUE(Submit(Fan(3)).ok());

  EXPECT_THAT(AssignedTo(session), SizeIs(1));
  EXPECT_EQ(engine_->Workers().at(0).stuck_slots, 1u);
  Stuck(session, 0);
  EXPECT_THAT(AssignedTo(session), SizeIs(2));
}

TEST_F(EngineReturnTest, WhatWaitsWhereNothingCanBeginIsAskedForAndGivenToOthers) {
  const SessionId left = Connect(kLeft);
  ASSERT_TRUE(Submit(OneTask()).ok());
  const AssignAttempt attempt = AttemptAt("-.N0");

  Stuck(left, 1);

  ASSERT_THAT(FreeEffects<RevokeAttempts>(), SizeIs(1));
  EXPECT_THAT(FreeEffects<RevokeAttempts>()[0].attempts, ElementsAre(attempt.attempt));
  EXPECT_EQ(Explained().state, "assigned");
  EXPECT_THAT(Explained().reasons, ::testing::Contains(HasSubstr("it has not begun")));
  Release(attempt);
  EXPECT_THAT(assigned_, SizeIs(1)) << "not there again";
  const SessionId right = Connect(kRight);
  EXPECT_THAT(AssignedTo(right), SizeIs(1));
}

TEST_F(EngineReturnTest, ANewSessionHasNoStuckSlotsUntilItSaysSo) {
  const SessionId before = Connect(kLeft);
  Stuck(before, 1);

  const SessionId after = Connect(kLeft);
  ASSERT_TRUE(Submit(OneTask()).ok());

  EXPECT_THAT(AssignedTo(after), SizeIs(1));
}

// --- Shares ---

TEST_F(EngineReturnTest, ANewcomerWithThousandsOfSlotsLeavesTheOthersTheirShare) {
  const SessionId left = Connect(kLeft, {.slots = 3});
  const SessionId right = Connect(kRight, {.slots = 4096});

  ASSERT_TRUE(Submit(Fan(6)).ok());

  EXPECT_THAT(AssignedTo(left), SizeIs(3));
  EXPECT_THAT(AssignedTo(right), SizeIs(3));
}

}  // namespace
}  // namespace orrery::engine
