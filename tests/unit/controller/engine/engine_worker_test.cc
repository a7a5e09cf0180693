// Attempts: how they are given, answered once, taken back, and given up.
#include "model/attempt_id.h"
#include "model/outcome.h"
#include "model/worker.h"
#include "model/workflow.h"
#include "tests/unit/controller/engine/engine_fixture.h"

namespace orrery::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class EngineWorkerTest : public EngineFixture {
 protected:
  EngineWorkerTest() {
    Reset({.prefetch = 0});
    Start();
  }
  void StartWith(Settings settings) {
    records_.clear();
    Reset(settings);
    Start();
  }
};

TEST_F(EngineWorkerTest, AWorkerIsRecordedAndWelcomed) {
  const SessionId session = Connect(kLeft);

  ASSERT_THAT(Records<WorkerJoined>(), SizeIs(1));
  EXPECT_EQ(Records<WorkerJoined>()[0].instance, kLeft);
  EXPECT_EQ(Records<WorkerJoined>()[0].worker, "ada");
  ASSERT_THAT(FreeEffects<WelcomeWorker>(), SizeIs(1));
  EXPECT_EQ(FreeEffects<WelcomeWorker>()[0].session, session);
}

TEST_F(EngineWorkerTest, AnAttemptCarriesWhatTheWorkerNeeds) {
  const SessionId session = Connect(kLeft);
  Sketch sketch;
  const auto two = sketch.Const("2");
  ASSERT_TRUE(Submit(sketch.Returning(sketch.Task("ada.times", {{"b", two}}))).ok());

  const AssignAttempt& attempt = AttemptAt("-.N1");

  EXPECT_EQ(attempt.session, session);
  EXPECT_EQ(attempt.attempt, (model::AttemptId{1, 1}));
  EXPECT_EQ(attempt.task_index, 1u);
  ASSERT_THAT(attempt.inputs, SizeIs(1));
  EXPECT_EQ(attempt.inputs[0]->bytes(), "2");
  EXPECT_EQ(attempt.inputs_digest,
            graph::InputsDigest(std::vector<graph::NamedValue>{{"b", Json("2")}}));
}

TEST_F(EngineWorkerTest, AWelcomeComesBeforeTheFirstAttempt) {
  ASSERT_TRUE(Submit(OneTask()).ok());

  Connect(kLeft);

  ASSERT_EQ(last_.free.size(), 2u);
  EXPECT_TRUE(std::holds_alternative<WelcomeWorker>(last_.free[0]));
  EXPECT_TRUE(std::holds_alternative<AssignAttempt>(last_.free[1]));
}

TEST_F(EngineWorkerTest, AWorkerHoldsNoMoreThanItsSlotsAndPrefetch) {
  StartWith({.prefetch = 2});
  Connect(kLeft, {.slots = 3});

  ASSERT_TRUE(Submit(Fan(10)).ok());
  EXPECT_THAT(assigned_, SizeIs(5));
  Succeed(AttemptAt("-.N0"));

  EXPECT_THAT(assigned_, SizeIs(6));
}

TEST_F(EngineWorkerTest, WorkIsSpreadOverFreeSlotsFirst) {
  StartWith({.prefetch = 2});
  const SessionId left = Connect(kLeft, {.slots = 2});
  const SessionId right = Connect(kRight, {.slots = 2});

  ASSERT_TRUE(Submit(Fan(4)).ok());

  EXPECT_THAT(AssignedTo(left), SizeIs(2));
  EXPECT_THAT(AssignedTo(right), SizeIs(2));
}

TEST_F(EngineWorkerTest, WorkflowsShareAWorkerFairly) {
  Connect(kLeft);
  ASSERT_TRUE(Submit(Fan(3)).ok());
  ASSERT_TRUE(Submit(Fan(3), {}, kOtherFlow).ok());

  SucceedAll();

  std::vector<Uuid> order;
  for (const AssignAttempt& attempt : assigned_) order.push_back(attempt.workflow);
  EXPECT_THAT(order, ElementsAre(kFlow, kOtherFlow, kFlow, kOtherFlow, kFlow, kOtherFlow));
}

TEST_F(EngineWorkerTest, TasksShareAWorkersSlotsFairly) {
  Sketch sketch;
  Sketch::Inputs outputs;
  for (const std::string task : {"ada.add", "ada.add", "ada.add", "ada.times", "ada.times"}) {
    outputs.push_back({"v" + std::to_string(outputs.size()), sketch.Task(task)});
  }
  ASSERT_TRUE(Submit(sketch.Returning(outputs)).ok());

  Connect(kLeft, {.slots = 4});

  EXPECT_THAT(AssignedLocations(), ElementsAre("-.N0", "-.N3", "-.N1", "-.N4"));
}

TEST_F(EngineWorkerTest, TasksTakeTurnsAtASlotThatBecomesFreeAgain) {
  Connect(kLeft);
  Sketch sketch;
  Sketch::Inputs outputs;
  for (const std::string task : {"ada.add", "ada.add", "ada.add", "ada.times", "ada.times"}) {
    outputs.push_back({"v" + std::to_string(outputs.size()), sketch.Task(task)});
  }
  ASSERT_TRUE(Submit(sketch.Returning(outputs)).ok());

  SucceedAll();

  EXPECT_THAT(AssignedLocations(), ElementsAre("-.N0", "-.N3", "-.N1", "-.N4", "-.N2"));
}

TEST_F(EngineWorkerTest, AnOutcomeIsRecordedOnceAndAcknowledgedWhenDurable) {
  const SessionId session = Connect(kLeft);
  ASSERT_TRUE(Submit(OneTask()).ok());

  Succeed(AttemptAt("-.N0"), "5");

  ASSERT_THAT(Records<NodeFinished>(), SizeIs(1));
  EXPECT_EQ(Records<NodeFinished>()[0].origin.instance, kLeft);
  EXPECT_EQ(AcknowledgedTo(session), 1u);
  EXPECT_THAT(FreeEffects<AcknowledgeOutcomes>(), IsEmpty());
  EXPECT_EQ(OutputOf(), "5");
}

TEST_F(EngineWorkerTest, AnOutcomeSentTwiceIsAppliedOnceAndAcknowledgedTwice) {
  const SessionId session = Connect(kLeft);
  ASSERT_TRUE(Submit(Chain(2)).ok());
  const AssignAttempt attempt = AttemptAt("-.N0");
  Succeed(attempt, "5");

  Step(OutcomesReceived{
      session, {{.attempt = attempt.attempt, .sequence = 1, .result = OutputsOf(attempt, "6")}}});

  EXPECT_THAT(last_.records, IsEmpty());
  EXPECT_EQ(AcknowledgedTo(session), 1u);
  EXPECT_EQ(CountOf<NodeFinished>(), 1u);
}

TEST_F(EngineWorkerTest, ASecondOutcomeOfAnAttemptIsDiscardedAndAcknowledged) {
  const SessionId session = Connect(kLeft);
  ASSERT_TRUE(Submit(Chain(2)).ok());
  const AssignAttempt attempt = AttemptAt("-.N0");
  Succeed(attempt);

  Succeed(attempt);

  EXPECT_THAT(last_.records, IsEmpty());
  EXPECT_EQ(AcknowledgedTo(session), 2u);
}

TEST_F(EngineWorkerTest, AMissingSequenceNumberEndsTheSession) {
  const SessionId session = Connect(kLeft);
  ASSERT_TRUE(Submit(OneTask()).ok());
  const AssignAttempt attempt = AttemptAt("-.N0");

  Step(OutcomesReceived{
      session, {{.attempt = attempt.attempt, .sequence = 2, .result = OutputsOf(attempt)}}});

  ASSERT_THAT(FreeEffects<CloseSession>(), SizeIs(1));
  EXPECT_EQ(FreeEffects<CloseSession>()[0].session, session);
  EXPECT_THAT(last_.records, IsEmpty());
}

TEST_F(EngineWorkerTest, AnOutcomeOfAnotherWorkersAttemptIsDiscardedAndAcknowledged) {
  Connect(kLeft);
  ASSERT_TRUE(Submit(OneTask()).ok());
  const AssignAttempt attempt = AttemptAt("-.N0");
  const SessionId right = Connect(kRight);

  Send(right, attempt.attempt, OutputsOf(attempt));

  EXPECT_THAT(last_.records, IsEmpty());
  EXPECT_EQ(AcknowledgedTo(right), 1u);
  EXPECT_EQ(StatusOf(), model::WorkflowStatus::kRunning);
}

TEST_F(EngineWorkerTest, OutcomesOfAnUnknownSessionAreIgnored) {
  Step(OutcomesReceived{SessionId(77),
                        {{.attempt = {1, 1}, .sequence = 1, .result = model::Outputs()}}});

  EXPECT_THAT(last_.records, IsEmpty());
  EXPECT_THAT(last_.gated, IsEmpty());
}

TEST_F(EngineWorkerTest, ALostConnectionKeepsItsAttemptsUntilTheGraceEnds) {
  const SessionId left = Connect(kLeft);
  const SessionId right = Connect(kRight);
  ASSERT_TRUE(Submit(OneTask()).ok());
  Step(SessionLost{left});

  Elapse(settings_.reconnect_grace - absl::Seconds(1));
  EXPECT_THAT(AssignedTo(right), IsEmpty());
  Elapse(absl::Seconds(1));

  EXPECT_THAT(AssignedTo(right), SizeIs(1));
  EXPECT_EQ(CountOf<WorkerLeft>(), 1u);
}

TEST_F(EngineWorkerTest, AWorkerThatReturnsInTimeKeepsWhatItHolds) {
  const SessionId before = Connect(kLeft);
  ASSERT_TRUE(Submit(OneTask()).ok());
  const AssignAttempt attempt = AttemptAt("-.N0");
  Step(SessionLost{before});
  Elapse(absl::Seconds(10));

  const SessionId after = Connect(kLeft, {.held = {HeldOf(attempt)}});
  ASSERT_THAT(FreeEffects<WelcomeWorker>(), SizeIs(1));
  EXPECT_TRUE(FreeEffects<WelcomeWorker>()[0].verdicts.at(0).keep);
  Elapse(settings_.reconnect_grace * 2);
  Send(after, attempt.attempt, OutputsOf(attempt, "8"));

  EXPECT_EQ(OutputOf(), "8");
  EXPECT_THAT(assigned_, SizeIs(1));
  EXPECT_EQ(CountOf<WorkerJoined>(), 1u);
}

TEST_F(EngineWorkerTest, WhatAReturningWorkerDoesNotHoldIsGivenAnew) {
  const SessionId before = Connect(kLeft);
  ASSERT_TRUE(Submit(OneTask()).ok());
  Step(SessionLost{before});

  const SessionId after = Connect(kLeft);

  ASSERT_THAT(AssignedTo(after), SizeIs(1));
  EXPECT_NE(AssignedTo(after)[0].attempt, AssignedTo(before)[0].attempt);
}

TEST_F(EngineWorkerTest, AReturningWorkerAbandonsWhatOthersWereGiven) {
  const SessionId left = Connect(kLeft);
  ASSERT_TRUE(Submit(OneTask()).ok());
  const AssignAttempt attempt = AttemptAt("-.N0");
  Step(SessionLost{left});
  Connect(kRight);
  Elapse(settings_.reconnect_grace);
  const AssignAttempt second = AttemptAt("-.N0");
  ASSERT_NE(second.attempt, attempt.attempt);

  const SessionId back = Connect(kLeft, {.held = {HeldOf(attempt)}});
  EXPECT_FALSE(FreeEffects<WelcomeWorker>().at(0).verdicts.at(0).keep);
  Send(back, attempt.attempt, OutputsOf(attempt, "late"));
  EXPECT_EQ(AcknowledgedTo(back), 1u);
  Succeed(second, "7");

  EXPECT_EQ(OutputOf(), "7");
}

// The record that supersedes the attempt may not be durable, so its outcome must not be discarded.
TEST_F(EngineWorkerTest, AFinishedAttemptIsToldAgainAndAcknowledgedThoughItWasAccepted) {
  const SessionId before = Connect(kLeft);
  ASSERT_TRUE(Submit(OneTask()).ok());
  const AssignAttempt attempt = AttemptAt("-.N0");
  Succeed(attempt, "4");
  Step(SessionLost{before});

  const SessionId after = Connect(kLeft, {.held = {HeldOf(attempt, /*is_finished=*/true)}});
  EXPECT_TRUE(FreeEffects<WelcomeWorker>().at(0).verdicts.at(0).keep);
  Send(after, attempt.attempt, OutputsOf(attempt, "4"));

  EXPECT_EQ(AcknowledgedTo(after), 1u);
  EXPECT_EQ(CountOf<NodeFinished>(), 1u);
}

TEST_F(EngineWorkerTest, AnOutcomeThatEndsOneSessionAfterTheOtherFailsItsNode) {
  settings_.fruitless_sessions.max = 3;
  Restart();
  SessionId session = Connect(kLeft);
  ASSERT_TRUE(Submit(OneTask()).ok());
  const AssignAttempt attempt = AttemptAt("-.N0");
  Step(SessionLost{session});
  for (int i = 0; i < 3; ++i) {
    session = Connect(kLeft, {.held = {HeldOf(attempt, /*is_finished=*/true)}});
    ASSERT_TRUE(FreeEffects<WelcomeWorker>().at(0).verdicts.at(0).keep);
    Step(SessionLost{session});
  }

  Connect(kLeft, {.held = {HeldOf(attempt, /*is_finished=*/true)}});

  EXPECT_FALSE(FreeEffects<WelcomeWorker>().at(0).verdicts.at(0).keep);
  EXPECT_EQ(StatusOf(), model::WorkflowStatus::kFailed);
  EXPECT_THAT(Records<NodeFailed>().at(0).error.message, HasSubstr("3 sessions ended before"));
}

TEST_F(EngineWorkerTest, AnOutcomeThatArrivesIsNoSignOfTheNextBreak) {
  settings_.fruitless_sessions.max = 1;
  Restart();
  SessionId session = Connect(kLeft, {.slots = 2});
  Sketch sketch;
  const auto left = sketch.Task("ada.add");
  const auto right = sketch.Task("ada.add");
  ASSERT_TRUE(Submit(sketch.Returning({{"left", left}, {"right", right}})).ok());
  const AssignAttempt first = assigned_.at(0);
  const AssignAttempt second = assigned_.at(1);
  Step(SessionLost{session});
  const auto both = {HeldOf(first, /*is_finished=*/true), HeldOf(second, /*is_finished=*/true)};
  session = Connect(kLeft, {.held = both});
  Send(session, first.attempt, OutputsOf(first, "4"));
  Step(SessionLost{session});

  Connect(kLeft, {.held = {HeldOf(second, /*is_finished=*/true)}});

  EXPECT_TRUE(FreeEffects<WelcomeWorker>().at(0).verdicts.at(0).keep);
}

TEST_F(EngineWorkerTest, ANewConnectionOfTheSameProcessClosesTheOld) {
  const SessionId before = Connect(kLeft);
  ASSERT_TRUE(Submit(OneTask()).ok());
  const AssignAttempt attempt = AttemptAt("-.N0");

  const SessionId after = Connect(kLeft, {.held = {HeldOf(attempt)}});

  ASSERT_THAT(FreeEffects<CloseSession>(), SizeIs(1));
  EXPECT_EQ(FreeEffects<CloseSession>()[0].session, before);
  Step(SessionLost{before});
  Send(after, attempt.attempt, OutputsOf(attempt));
  EXPECT_EQ(StatusOf(), model::WorkflowStatus::kSucceeded);
}

TEST_F(EngineWorkerTest, AnIdleWorkerThatIsLostIsRemovedAtOnce) {
  const SessionId session = Connect(kLeft);

  Step(SessionLost{session});

  ASSERT_THAT(Records<WorkerLeft>(), SizeIs(1));
  EXPECT_EQ(Records<WorkerLeft>()[0].instance, kLeft);
  EXPECT_THAT(engine_->Workers(), IsEmpty());
  EXPECT_THAT(last_.free, IsEmpty());
  EXPECT_EQ(engine_->NextDeadline(), std::nullopt);
}

TEST_F(EngineWorkerTest, WhatADeadWorkerHeldIsGivenToAnotherAtOnce) {
  const SessionId left = Connect(kLeft);
  ASSERT_TRUE(Submit(OneTask()).ok());
  const SessionId right = Connect(kRight);

  Step(WorkerDied{kLeft, {.reason = "signal 9"}});

  EXPECT_THAT(Records<AttemptLost>(), SizeIs(1));
  EXPECT_THAT(AssignedTo(right), SizeIs(1));
  ASSERT_THAT(FreeEffects<CloseSession>(), SizeIs(1));
  EXPECT_EQ(FreeEffects<CloseSession>()[0].session, left);
  Step(SessionLost{left});
  EXPECT_THAT(last_.records, IsEmpty());
}

TEST_F(EngineWorkerTest, WhatADeadWorkerHeldGoesBeforeWhatHasNeverBeenGiven) {
  StartWith({.prefetch = 1});
  Connect(kLeft);
  const SessionId right = Connect(kRight);
  ASSERT_TRUE(Submit(Fan(8)).ok());
  ASSERT_THAT(AssignedLocations(), ElementsAre("-.N0", "-.N1", "-.N2", "-.N3"));

  Step(WorkerDied{kLeft, {.reason = "signal 9"}});
  for (std::size_t next = 0; next < 4; ++next) Succeed(AssignedTo(right)[next]);

  std::vector<std::string> given;
  for (const AssignAttempt& attempt : AssignedTo(right))
    given.push_back(attempt.location.ToString());
  EXPECT_THAT(given, ElementsAre("-.N1", "-.N3", "-.N0", "-.N2", "-.N4", "-.N5"));
}

TEST_F(EngineWorkerTest, ADeathIsBlamedOnWhatCanHaveBeenRunningOnly) {
  StartWith({.prefetch = 3});
  Connect(kLeft, {.slots = 2});
  ASSERT_TRUE(Submit(Fan(5)).ok());

  Step(WorkerDied{kLeft, {.reason = "signal 9"}});

  std::vector<std::string> blamed;
  for (const AttemptLost& lost : Records<AttemptLost>()) {
    blamed.push_back(lost.node.location.ToString());
  }
  EXPECT_THAT(blamed, ElementsAre("-.N0", "-.N1"));
}

TEST_F(EngineWorkerTest, ANodeThatKillsWorkersFailsWhenItsBudgetIsSpent) {
  StartWith({.prefetch = 0, .workers_lost = {.max = 2}});
  ASSERT_TRUE(Submit(OneTask()).ok());
  Connect(kLeft);
  Step(WorkerDied{kLeft, {.reason = "signal 9"}});
  EXPECT_EQ(StatusOf(), model::WorkflowStatus::kRunning);

  Connect(kRight);
  Step(WorkerDied{kRight, {.reason = "signal 9"}});

  EXPECT_EQ(StatusOf(), model::WorkflowStatus::kFailed);
  EXPECT_THAT(FailureOf(), HasSubstr("worker lost while running, 2 times"));
  EXPECT_THAT(FailureOf(), HasSubstr("host2"));
  EXPECT_EQ(SettledOf()->failures[0].error.kind, model::TaskErrorKind::kWorkersLost);
}

TEST_F(EngineWorkerTest, LostWorkersAreCountedOverARestart) {
  StartWith({.prefetch = 0, .workers_lost = {.max = 2}});
  ASSERT_TRUE(Submit(OneTask()).ok());
  Connect(kLeft);
  Step(WorkerDied{kLeft, {.reason = "signal 9"}});
  Restart();
  Connect(kRight);

  Step(WorkerDied{kRight, {.reason = "signal 9"}});

  EXPECT_EQ(StatusOf(), model::WorkflowStatus::kFailed);
}

TEST_F(EngineWorkerTest, ALossTellsHowTheProcessEndedAndWhatItWroteLast) {
  StartWith({.prefetch = 0, .workers_lost = {.max = 2}});
  ASSERT_TRUE(Submit(OneTask()).ok());
  Connect(kLeft);
  Step(WorkerDied{kLeft, {.reason = "killed by SIGSEGV", .output = "the first words"}});
  Connect(kRight);

  Step(WorkerDied{kRight, {.reason = "killed by SIGABRT", .output = "the last words"}});

  const model::WorkflowFailure failure = SettledOf()->failures[0];
  EXPECT_THAT(failure.error.message, HasSubstr("killed by SIGABRT"));
  EXPECT_EQ(failure.error.output, (model::OutputTail{.text = "the last words", .is_shared = true}));
  ASSERT_THAT(failure.earlier, SizeIs(2));
  EXPECT_EQ(failure.earlier[0].message, "the worker was lost while it ran: killed by SIGSEGV");
  EXPECT_EQ(failure.earlier[0].output,
            (model::OutputTail{.text = "the first words", .is_shared = true}));
}

TEST_F(EngineWorkerTest, AWorkerWhoseConnectionStaysAwayIsLostForThat) {
  StartWith({.reconnect_grace = absl::Seconds(30), .workers_lost = {.max = 1}});
  const SessionId left = Connect(kLeft);
  ASSERT_TRUE(Submit(OneTask()).ok());
  Step(SessionLost{left});

  Elapse(absl::Seconds(31));

  EXPECT_THAT(FailureOf(), HasSubstr("it did not reconnect within 30s"));
}

TEST_F(EngineWorkerTest, KillsForMemoryHaveABudgetOfTheirOwn) {
  StartWith({.prefetch = 0, .workers_lost = {.max = 2}, .out_of_memory = {.max = 2}});
  const model::WorkerEnd hungry{
      .reason = "killed by SIGKILL", .is_out_of_memory = true, .memory_peak_bytes = 300 << 20};
  ASSERT_TRUE(Submit(OneTask()).ok());
  Connect(kLeft);
  Step(WorkerDied{kLeft, hungry});
  Connect(kRight);
  Step(WorkerDied{kRight, {.reason = "killed by SIGKILL"}});
  EXPECT_EQ(StatusOf(), model::WorkflowStatus::kRunning) << "one of each";
  Connect(kLeft);

  Step(WorkerDied{kLeft, hungry});

  EXPECT_EQ(SettledOf()->failures[0].error.kind, model::TaskErrorKind::kOutOfMemory);
  EXPECT_THAT(FailureOf(), HasSubstr("out of memory, 2 times; the last was"));
  EXPECT_THAT(FailureOf(), HasSubstr("killed by SIGKILL; it had up to 300 MiB"));
}

TEST_F(EngineWorkerTest, KillsForMemoryAreCountedOverARestart) {
  StartWith({.prefetch = 0, .workers_lost = {.max = 5}, .out_of_memory = {.max = 2}});
  ASSERT_TRUE(Submit(OneTask()).ok());
  Connect(kLeft);
  Step(WorkerDied{kLeft, {.reason = "killed by SIGKILL", .is_out_of_memory = true}});
  Restart();
  Connect(kRight);

  Step(WorkerDied{kRight, {.reason = "killed by SIGKILL", .is_out_of_memory = true}});

  EXPECT_EQ(StatusOf(), model::WorkflowStatus::kFailed);
  EXPECT_THAT(FailureOf(), HasSubstr("out of memory, 2 times"));
}

TEST_F(EngineWorkerTest, ReleasedAttemptsAreReadyAgainAndCountAgainstNothing) {
  StartWith({.prefetch = 0, .workers_lost = {.max = 1}});
  Connect(kLeft);
  ASSERT_TRUE(Submit(OneTask()).ok());

  for (int i = 0; i < 3; ++i) Release(AttemptAt("-.N0"));

  EXPECT_THAT(assigned_, SizeIs(4));
  EXPECT_EQ(CountOf<AttemptLost>(), 0u);
  EXPECT_EQ(StatusOf(), model::WorkflowStatus::kRunning);
}

TEST_F(EngineWorkerTest, OnlyTheHolderCanReleaseAnAttempt) {
  Connect(kLeft);
  ASSERT_TRUE(Submit(OneTask()).ok());
  const SessionId right = Connect(kRight);

  Step(AttemptsReleased{right, {AttemptAt("-.N0").attempt, {1, 99}}});

  EXPECT_THAT(assigned_, SizeIs(1));
}

TEST_F(EngineWorkerTest, ADrainingWorkerIsGivenNothingMoreAndFinishesWhatItHas) {
  const SessionId left = Connect(kLeft);
  ASSERT_TRUE(Submit(Fan(2)).ok());
  Step(WorkerDraining{left});

  Succeed(AttemptAt("-.N0"));
  EXPECT_THAT(assigned_, SizeIs(1));
  const SessionId right = Connect(kRight);

  EXPECT_THAT(AssignedTo(right), SizeIs(1));
}

TEST_F(EngineWorkerTest, WhatADrainingWorkerReleasesGoesToAnother) {
  const SessionId left = Connect(kLeft);
  ASSERT_TRUE(Submit(OneTask()).ok());
  const SessionId right = Connect(kRight);
  Step(WorkerDraining{left});

  Release(AttemptAt("-.N0"));

  EXPECT_THAT(AssignedTo(right), SizeIs(1));
}

TEST_F(EngineWorkerTest, AHelloBeyondTheLimitsIsRefused) {
  StartWith({.held_attempts = {.max = 1}});

  Connect(kLeft, {.slots = 0});
  EXPECT_EQ(FreeEffects<RefuseWorker>().at(0).reason, RefusalReason::kInvalidHello);
  Connect(kLeft, {.held = {model::HeldAttempt(), model::HeldAttempt()}});
  EXPECT_EQ(FreeEffects<RefuseWorker>().at(0).reason, RefusalReason::kInvalidHello);

  EXPECT_THAT(engine_->Workers(), IsEmpty());
}

TEST_F(EngineWorkerTest, AHelloAtTheLimitsIsWelcomed) {
  StartWith({.held_attempts = {.max = 1}});

  Connect(kLeft, {.slots = 1, .held = {model::HeldAttempt()}});

  EXPECT_THAT(FreeEffects<WelcomeWorker>(), SizeIs(1));
}

TEST_F(EngineWorkerTest, AnAttemptGivenToANewWorkerIsProgress) {
  ASSERT_TRUE(Submit(OneTask()).ok());

  Connect(kLeft);

  ASSERT_THAT(GatedEffects<WorkflowProgressed>(), SizeIs(1));
  EXPECT_EQ(GatedEffects<WorkflowProgressed>()[0].counts.running, 1u);
}

TEST_F(EngineWorkerTest, NothingIsGivenToAWorkerBeforeItsJoiningIsDurable) {
  is_disk_fast_ = false;
  ASSERT_TRUE(Submit(OneTask()).ok());
  const SessionId session = Connect(kLeft);
  ASSERT_THAT(GatedEffects<AdmitWorker>(), SizeIs(1));
  EXPECT_FALSE(IsAssigned("-.N0"));

  Step(WorkerAdmitted{session});

  EXPECT_TRUE(IsAssigned("-.N0"));
}

TEST_F(EngineWorkerTest, AWorkerThatComesBackBeforeItsJoiningIsDurableIsAdmittedInItsNewSession) {
  is_disk_fast_ = false;
  ASSERT_TRUE(Submit(OneTask()).ok());
  const SessionId first = Connect(kLeft);
  const SessionId second = Connect(kLeft);

  Step(WorkerAdmitted{first});
  EXPECT_FALSE(IsAssigned("-.N0"));
  Step(WorkerAdmitted{second});

  EXPECT_TRUE(IsAssigned("-.N0"));
}

TEST_F(EngineWorkerTest, AWorkerFromBeforeARestartNeedsNoAdmission) {
  Connect(kLeft);
  Restart();
  ASSERT_TRUE(Submit(OneTask()).ok());
  is_disk_fast_ = false;

  Connect(kLeft);

  EXPECT_TRUE(IsAssigned("-.N0"));
}

}  // namespace
}  // namespace orrery::engine
