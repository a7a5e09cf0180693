// Workflows that are paused, and nodes that are cancelled.
#include "model/workflow.h"
#include "tests/unit/controller/engine/engine_fixture.h"

namespace orrery::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class EnginePauseTest : public EngineFixture {
 protected:
  EnginePauseTest() {
    Reset({.prefetch = 0});
    Start();
  }
};

TEST_F(EnginePauseTest, APausedWorkflowFinishesWhatRunsAndStartsNothing) {
  Connect(kLeft);
  ASSERT_TRUE(Submit(Chain(2)).ok());

  ASSERT_TRUE(Pause().ok());
  Succeed(AttemptAt("-.N0"));
  EXPECT_FALSE(IsAssigned("-.N1"));
  EXPECT_THAT(engine_->WaitingFor(kFlow),
              ElementsAre("it is paused, 1 node waits; orrery unpause lets it go on"));
  ASSERT_TRUE(Pause(false).ok());
  Succeed(AttemptAt("-.N1"), "4");

  EXPECT_EQ(OutputOf(), "4");
}

TEST_F(EnginePauseTest, WhatWaitedForASlotWaitsOn) {
  ASSERT_TRUE(Submit(Fan(3)).ok());
  ASSERT_TRUE(Pause().ok());
  Connect(kLeft, {.slots = 3});
  EXPECT_THAT(assigned_, IsEmpty());

  ASSERT_TRUE(Submit(OneTask(), {}, kOtherFlow).ok());
  EXPECT_THAT(assigned_, SizeIs(1)) << "others are not held up";
  ASSERT_TRUE(Pause(false).ok());

  EXPECT_THAT(AssignedLocations(), ElementsAre("-.N0", "-.N0", "-.N1"));
}

TEST_F(EnginePauseTest, UnpausingOneWorkflowLeavesAnotherPaused) {
  ASSERT_TRUE(Submit(OneTask()).ok());
  ASSERT_TRUE(Submit(OneTask(), {}, kOtherFlow).ok());
  ASSERT_TRUE(Pause().ok());
  ASSERT_TRUE(Pause(true, kOtherFlow).ok());
  Connect(kLeft, {.slots = 2});

  ASSERT_TRUE(Pause(false).ok());
  EXPECT_FALSE(IsAssigned("-.N0", kOtherFlow));
  ASSERT_TRUE(Pause(false, kOtherFlow).ok());

  EXPECT_TRUE(IsAssigned("-.N0", kOtherFlow));
}

TEST_F(EnginePauseTest, APauseOutlivesARestart) {
  Connect(kLeft, {.dies_with_controller = true});
  ASSERT_TRUE(Submit(OneTask()).ok());
  ASSERT_TRUE(Pause().ok());

  Restart();
  Connect(kRight);
  EXPECT_THAT(assigned_, SizeIs(1));
  ASSERT_TRUE(Pause(false).ok());

  EXPECT_THAT(assigned_, SizeIs(2));
}

TEST_F(EnginePauseTest, PausingTwiceIsRecordedOnce) {
  ASSERT_TRUE(Submit(OneTask()).ok());
  ASSERT_TRUE(Pause().ok());
  ASSERT_TRUE(Pause().ok());

  EXPECT_EQ(CountOf<WorkflowPaused>(), 1u);
}

TEST_F(EnginePauseTest, APausedWorkflowCanBeCancelled) {
  ASSERT_TRUE(Submit(OneTask()).ok());
  ASSERT_TRUE(Pause().ok());
  ASSERT_TRUE(Cancel().ok());

  EXPECT_EQ(StatusOf(), model::WorkflowStatus::kCancelled);
  EXPECT_THAT(Pause(false).message(), HasSubstr("was cancelled already"));
  EXPECT_EQ(Pause(true, kOtherFlow).code(), absl::StatusCode::kNotFound);
}

TEST_F(EnginePauseTest, ACancelledNodeHasFailedAndItsWorkerIsTold) {
  const SessionId session = Connect(kLeft, {.slots = 2});
  ASSERT_TRUE(Submit(Fan(2)).ok());

  ASSERT_TRUE(CancelAt("-.N0").ok());
  const std::vector<CancelAttempt> told = FreeEffects<CancelAttempt>();
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_EQ(told[0].session, session);
  EXPECT_EQ(told[0].attempt, AttemptAt("-.N0").attempt);
  Release(AttemptAt("-.N0"));
  Succeed(AttemptAt("-.N1"));

  EXPECT_EQ(FailureOf(), "it was cancelled: not needed");
}

TEST_F(EnginePauseTest, ALateOutcomeOfACancelledNodeChangesNothing) {
  Connect(kLeft, {.slots = 2});
  ASSERT_TRUE(Submit(Fan(2)).ok());
  ASSERT_TRUE(CancelAt("-.N0").ok());

  Succeed(AttemptAt("-.N0"));
  EXPECT_THAT(Records<NodeFinished>(), IsEmpty());
  Succeed(AttemptAt("-.N1"));

  EXPECT_EQ(StatusOf(), model::WorkflowStatus::kFailed);
}

TEST_F(EnginePauseTest, AnEvalIsCancelledWithAllInIt) {
  Sketch sketch;
  const auto inner = sketch.Eval(sketch.Const(Fan(2)), {}, "v0");
  const auto beside = sketch.Task("ada.times");
  ASSERT_TRUE(Submit(sketch.Returning({{"a", inner}, {"b", beside}}),
                     {.failure_rules = {.continues = true}})
                  .ok());

  ASSERT_TRUE(CancelAt("-.N1").ok());
  EXPECT_THAT(Records<NodeFailed>(), SizeIs(2));
  Connect(kLeft);
  Succeed(AttemptAt("-.N2"));

  EXPECT_EQ(StatusOf(), model::WorkflowStatus::kFailed);
  EXPECT_THAT(AssignedLocations(), ElementsAre("-.N2"));
}

TEST_F(EnginePauseTest, WhereNothingRunsNothingIsCancelled) {
  Connect(kLeft);
  ASSERT_TRUE(Submit(Chain(2)).ok());

  EXPECT_THAT(CancelAt("-.N1").message(), HasSubstr("nothing runs or waits to run at -.N1"));
  EXPECT_THAT(CancelAt("-.N7").message(), HasSubstr("nothing runs or waits to run at -.N7"));
}

}  // namespace
}  // namespace orrery::engine
