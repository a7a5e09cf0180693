// How workflows end badly: failing tasks, wrong outputs, cancellation.
#include "model/outcome.h"
#include "model/workflow.h"
#include "tests/unit/controller/engine/engine_fixture.h"

namespace orrery::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class EngineFailureTest : public EngineFixture {
 protected:
  EngineFailureTest() {
    Reset({.prefetch = 0});
    Start();
  }
};

TEST_F(EngineFailureTest, AFailedTaskFailsTheWorkflowAndSaysWhere) {
  Connect(kLeft);
  ASSERT_TRUE(Submit(OneTask()).ok());

  Fail(AttemptAt("-.N0"), "division by zero");

  ASSERT_EQ(StatusOf(), model::WorkflowStatus::kFailed);
  const model::WorkflowFailure failure = SettledOf()->failures.at(0);
  EXPECT_EQ(failure.location.ToString(), "-.N0");
  EXPECT_EQ(failure.function_name, "ada.add");
  EXPECT_EQ(failure.error.message, "division by zero");
  EXPECT_EQ(failure.worker, "ada");
  EXPECT_EQ(failure.host, "host1");
}

TEST_F(EngineFailureTest, TheFailureAndTheEndAreRecordedInThatOrder) {
  Connect(kLeft);
  ASSERT_TRUE(Submit(OneTask()).ok());

  Fail(AttemptAt("-.N0"));

  ASSERT_EQ(last_.records.size(), 2u);
  EXPECT_TRUE(std::holds_alternative<NodeFailed>(last_.records[0].body));
  EXPECT_TRUE(std::holds_alternative<WorkflowFailed>(last_.records[1].body));
}

TEST_F(EngineFailureTest, AFailingWorkflowFinishesWhatRunsAndStartsNothing) {
  Connect(kLeft, {.slots = 2});
  Sketch sketch;
  const auto first = sketch.Task("ada.add");
  const auto second = sketch.Task("ada.add");
  const auto third = sketch.Task("ada.add", {{"a", second}});
  const auto fourth = sketch.Task("ada.add");
  ASSERT_TRUE(Submit(sketch.Returning({{"a", first}, {"b", third}, {"c", fourth}})).ok());
  ASSERT_THAT(AssignedLocations(), ElementsAre("-.N0", "-.N1"));

  Fail(AttemptAt("-.N0"));
  EXPECT_EQ(StatusOf(), model::WorkflowStatus::kRunning);
  EXPECT_THAT(Records<WorkflowFailed>(), IsEmpty());
  Succeed(AttemptAt("-.N1"));

  EXPECT_EQ(StatusOf(), model::WorkflowStatus::kFailed);
  EXPECT_THAT(assigned_, SizeIs(2));
  EXPECT_EQ(CountOf<NodeFinished>(), 1u);
}

TEST_F(EngineFailureTest, WhatIsTakenBackFromAFailingWorkflowIsNotGivenAgain) {
  Connect(kLeft, {.slots = 2});
  ASSERT_TRUE(Submit(Fan(2)).ok());
  Fail(AttemptAt("-.N0"));

  Release(AttemptAt("-.N1"));

  EXPECT_EQ(StatusOf(), model::WorkflowStatus::kFailed);
  EXPECT_THAT(assigned_, SizeIs(2));
}

TEST_F(EngineFailureTest, SeveralFailuresAreAllReported) {
  Connect(kLeft, {.slots = 2});
  ASSERT_TRUE(Submit(Fan(2)).ok());

  Fail(AttemptAt("-.N1"), "one");
  Fail(AttemptAt("-.N0"), "two");

  ASSERT_THAT(SettledOf()->failures, SizeIs(2));
  EXPECT_EQ(SettledOf()->failures[0].error.message, "one");
  EXPECT_EQ(SettledOf()->failures[1].error.message, "two");
}

TEST_F(EngineFailureTest, OtherWorkflowsAreNotTouched) {
  Connect(kLeft, {.slots = 2});
  ASSERT_TRUE(Submit(OneTask()).ok());
  ASSERT_TRUE(Submit(OneTask(), {}, kOtherFlow).ok());

  Fail(AttemptAt("-.N0"));
  Succeed(AttemptAt("-.N0", kOtherFlow));

  EXPECT_EQ(StatusOf(), model::WorkflowStatus::kFailed);
  EXPECT_EQ(StatusOf(kOtherFlow), model::WorkflowStatus::kSucceeded);
}

TEST_F(EngineFailureTest, ATaskWithoutAnOutputThatTheGraphUsesFails) {
  const SessionId session = Connect(kLeft);
  Sketch sketch;
  const auto task = sketch.Task("ada.add");
  ASSERT_TRUE(Submit(sketch.Returning({{"a", task}, {"b", {task.node, "rest"}}})).ok());

  Send(session, AttemptAt("-.N0").attempt, model::Outputs{{"value", Json("1")}});

  EXPECT_EQ(StatusOf(), model::WorkflowStatus::kFailed);
  EXPECT_THAT(FailureOf(), HasSubstr("\"rest\""));
}

TEST_F(EngineFailureTest, OutputsThatTheGraphDoesNotUseMayBeMissing) {
  const SessionId session = Connect(kLeft);
  ASSERT_TRUE(Submit(OneTask()).ok());

  Send(session, AttemptAt("-.N0").attempt,
       model::Outputs{{"value", Json("1")}, {"more", Json("2")}});

  EXPECT_EQ(StatusOf(), model::WorkflowStatus::kSucceeded);
}

TEST_F(EngineFailureTest, AGraphMadeByATaskThatIsNoneFailsItsEval) {
  Connect(kLeft);
  Sketch sketch;
  const auto eval = sketch.Eval(sketch.Task("ada.add"));
  ASSERT_TRUE(Submit(sketch.Returning(eval)).ok());

  Succeed(AttemptAt("-.N0"), "[1, 2]");

  EXPECT_EQ(StatusOf(), model::WorkflowStatus::kFailed);
  EXPECT_THAT(FailureOf(), HasSubstr("the value is not a graph"));
  EXPECT_EQ(SettledOf()->failures[0].location.ToString(), "-.N1");
  EXPECT_THAT(Records<NodeFailed>(), IsEmpty()) << "it follows from the value";
}

TEST_F(EngineFailureTest, CancelStopsWhatRunsAndDiscardsItsOutcome) {
  const SessionId session = Connect(kLeft);
  ASSERT_TRUE(Submit(Fan(2)).ok());
  const AssignAttempt attempt = AttemptAt("-.N0");

  ASSERT_TRUE(Cancel().ok());
  ASSERT_THAT(FreeEffects<CancelAttempt>(), SizeIs(1));
  EXPECT_EQ(FreeEffects<CancelAttempt>()[0].session, session);
  EXPECT_EQ(FreeEffects<CancelAttempt>()[0].attempt, attempt.attempt);
  Succeed(attempt);

  EXPECT_THAT(last_.records, IsEmpty());
  EXPECT_THAT(GatedEffects<AcknowledgeOutcomes>(), SizeIs(1));
  EXPECT_THAT(assigned_, SizeIs(1));
}

TEST_F(EngineFailureTest, ACancelledAttemptTakesUpItsSlotUntilTheWorkerSaysItEnded) {
  Connect(kLeft);
  ASSERT_TRUE(Submit(OneTask()).ok());
  const AssignAttempt attempt = AttemptAt("-.N0");
  ASSERT_TRUE(Cancel().ok());
  ASSERT_TRUE(Submit(OneTask(), {}, kOtherFlow).ok());
  EXPECT_THAT(assigned_, SizeIs(1));

  Release(attempt);

  EXPECT_TRUE(IsAssigned("-.N0", kOtherFlow));
}

TEST_F(EngineFailureTest, ADeathWithOnlyCancelledAttemptsIsBlamedOnNothing) {
  Connect(kLeft);
  ASSERT_TRUE(Submit(OneTask()).ok());
  ASSERT_TRUE(Cancel().ok());

  Step(WorkerDied{kLeft, {.reason = "signal 9"}});

  EXPECT_THAT(Records<AttemptLost>(), IsEmpty());
}

TEST_F(EngineFailureTest, WhatWasCancelledWhileTheWorkerWasAwayIsAbandonedWhenItReturns) {
  const SessionId before = Connect(kLeft);
  ASSERT_TRUE(Submit(OneTask()).ok());
  const AssignAttempt attempt = AttemptAt("-.N0");
  Step(SessionLost{before});
  ASSERT_TRUE(Cancel().ok());
  EXPECT_THAT(FreeEffects<CancelAttempt>(), IsEmpty());

  Connect(kLeft, {.held = {HeldOf(attempt)}});

  EXPECT_FALSE(FreeEffects<WelcomeWorker>().at(0).verdicts.at(0).keep);
  EXPECT_EQ(engine_->Workers().at(0).attempts, 0u);
}

TEST_F(EngineFailureTest, ACancelledWorkflowMayBeDeletedWhileItsAttemptsStillRun) {
  Connect(kLeft);
  ASSERT_TRUE(Submit(OneTask()).ok());
  const AssignAttempt attempt = AttemptAt("-.N0");
  ASSERT_TRUE(Cancel().ok());
  ASSERT_TRUE(Submit(OneTask(), {.clean = true}).ok());
  EXPECT_THAT(assigned_, SizeIs(1));

  Succeed(attempt, "old");
  Succeed(AttemptAt("-.N0"), "new");

  EXPECT_EQ(OutputOf(), "new");
}

TEST_F(EngineFailureTest, ProgressIsToldAsNodesMove) {
  Connect(kLeft);
  ASSERT_TRUE(Submit(Fan(2)).ok());
  EXPECT_EQ(GatedEffects<WorkflowProgressed>().back().counts,
            (model::NodeCounts{.ready = 1, .running = 1}));

  Fail(AttemptAt("-.N0"));

  EXPECT_EQ(GatedEffects<WorkflowProgressed>().back().counts, (model::NodeCounts{.failed = 1}));
}

}  // namespace
}  // namespace orrery::engine
