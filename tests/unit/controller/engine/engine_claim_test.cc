// Attempts from before a restart whose nodes are not ready yet.
#include "model/outcome.h"
#include "model/worker.h"
#include "model/workflow.h"
#include "tests/unit/controller/engine/engine_fixture.h"

namespace orrery::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// The controller died after it gave out N1 and before N0's outcome was durable: the worker of N0
// still has that outcome, and the one of N1 may be back first.
class EngineClaimTest : public EngineFixture {
 protected:
  EngineClaimTest() {
    Reset({.prefetch = 0});
    Start();
    before_ = Connect(kLeft);
    Connect(kRight);
    EXPECT_TRUE(Submit(Chain(2)).ok());
    first_ = AttemptAt("-.N0");
    Succeed(first_, "5");
    second_ = AttemptAt("-.N1");
    first_.session = before_;
    EXPECT_TRUE(std::holds_alternative<NodeFinished>(records_.back().body));
    assigned_.clear();
    Restart(records_.size() - 1);
  }
  // Of N1 first, as a worker of its own.
  SessionId ReturnSecond(bool is_finished = false) {
    return Connect(kRight, {.held = {HeldOf(second_, is_finished)}});
  }
  SessionId ReturnFirst() {
    return Connect(kLeft, {.held = {HeldOf(first_, /*is_finished=*/true)}});
  }

  SessionId before_;
  AssignAttempt first_;
  AssignAttempt second_;
};

TEST_F(EngineClaimTest, AnAttemptAtANodeThatIsNotReadyYetIsKept) {
  ReturnSecond();

  EXPECT_TRUE(IsKept());
  EXPECT_EQ(engine_->Workers().at(0).attempts, 1u);
}

TEST_F(EngineClaimTest, TheClaimIsAdoptedWhenTheNodeIsReadyWithThoseInputs) {
  const SessionId right = ReturnSecond();
  const SessionId left = ReturnFirst();

  Send(left, first_.attempt, OutputsOf(first_, "5"));
  EXPECT_THAT(assigned_, IsEmpty());
  Send(right, second_.attempt, OutputsOf(second_, "6"));

  EXPECT_EQ(OutputOf(), "6");
}

TEST_F(EngineClaimTest, AnOutcomeThatComesBeforeItsNodeIsReadyIsAcknowledgedWhenItIsResolved) {
  const SessionId right = ReturnSecond(/*is_finished=*/true);
  Send(right, second_.attempt, OutputsOf(second_, "6"));
  EXPECT_THAT(last_.records, IsEmpty());
  EXPECT_THAT(last_.gated, IsEmpty());

  const SessionId left = ReturnFirst();
  Send(left, first_.attempt, OutputsOf(first_, "5"));

  EXPECT_THAT(Records<NodeFinished>(), SizeIs(2));
  EXPECT_EQ(AcknowledgedTo(right), 1u);
  EXPECT_EQ(AcknowledgedTo(left), 1u);
  EXPECT_EQ(OutputOf(), "6");
}

TEST_F(EngineClaimTest, LaterOutcomesAreNotAcknowledgedPastAnOpenOne) {
  const SessionId right = ReturnSecond(/*is_finished=*/true);
  Send(right, second_.attempt, OutputsOf(second_, "6"));
  Send(right, {2, 77}, model::Outputs());
  EXPECT_THAT(GatedEffects<AcknowledgeOutcomes>(), IsEmpty());

  const SessionId left = ReturnFirst();
  Send(left, first_.attempt, OutputsOf(first_, "5"));

  EXPECT_EQ(AcknowledgedTo(right), 2u);
}

TEST_F(EngineClaimTest, ASecondOutcomeOfAClaimDoesNotReplaceTheFirst) {
  const SessionId right = ReturnSecond(/*is_finished=*/true);
  Send(right, second_.attempt, OutputsOf(second_, "6"));
  Send(right, second_.attempt, OutputsOf(second_, "7"));

  const SessionId left = ReturnFirst();
  Send(left, first_.attempt, OutputsOf(first_, "5"));

  EXPECT_EQ(OutputOf(), "6");
  EXPECT_EQ(AcknowledgedTo(right), 2u);
}

TEST_F(EngineClaimTest, OtherInputsThanTheClaimsCancelIt) {
  const SessionId right = ReturnSecond();
  const SessionId left = ReturnFirst();

  Send(left, first_.attempt, OutputsOf(first_, "not 5"));

  ASSERT_THAT(FreeEffects<CancelAttempt>(), SizeIs(1));
  EXPECT_EQ(FreeEffects<CancelAttempt>()[0].session, right);
  EXPECT_THAT(AssignedLocations(), ElementsAre("-.N1"));
}

TEST_F(EngineClaimTest, OtherInputsThanThoseOfAnOutcomeDiscardIt) {
  const SessionId right = ReturnSecond(/*is_finished=*/true);
  Send(right, second_.attempt, OutputsOf(second_, "6"));
  const SessionId left = ReturnFirst();

  Send(left, first_.attempt, OutputsOf(first_, "not 5"));

  EXPECT_EQ(AcknowledgedTo(right), 1u);
  EXPECT_THAT(FreeEffects<CancelAttempt>(), IsEmpty());
  EXPECT_THAT(AssignedLocations(), ElementsAre("-.N1"));
}

TEST_F(EngineClaimTest, AClaimsOutcomeIsToldAgainAfterAReconnect) {
  SessionId right = ReturnSecond(/*is_finished=*/true);
  Send(right, second_.attempt, OutputsOf(second_, "6"));
  Step(SessionLost{right});
  right = ReturnSecond(/*is_finished=*/true);
  EXPECT_TRUE(IsKept());
  Send(right, second_.attempt, OutputsOf(second_, "6"));

  const SessionId left = ReturnFirst();
  Send(left, first_.attempt, OutputsOf(first_, "5"));

  EXPECT_EQ(OutputOf(), "6");
  EXPECT_EQ(AcknowledgedTo(right), 1u);
}

TEST_F(EngineClaimTest, AClaimsOutcomeCountsThoughItsWorkerIsAway) {
  const SessionId right = ReturnSecond(/*is_finished=*/true);
  Send(right, second_.attempt, OutputsOf(second_, "6"));
  Step(SessionLost{right});

  const SessionId left = ReturnFirst();
  Send(left, first_.attempt, OutputsOf(first_, "5"));

  EXPECT_EQ(OutputOf(), "6");
}

TEST_F(EngineClaimTest, AClaimThatAReturningWorkerDoesNotDeclareIsAbandoned) {
  Step(SessionLost{ReturnSecond()});

  Connect(kRight);

  EXPECT_EQ(engine_->Workers().at(0).attempts, 0u);
}

TEST_F(EngineClaimTest, AClaimGivenBackIsAbandoned) {
  const SessionId right = ReturnSecond();

  Step(AttemptsReleased{right, {second_.attempt}});

  EXPECT_EQ(engine_->Workers().at(0).attempts, 0u);
}

TEST_F(EngineClaimTest, AClaimEndsWithItsWorker) {
  ReturnSecond();
  Step(WorkerDied{kRight, {.reason = "signal 9"}});
  const SessionId left = ReturnFirst();

  Send(left, first_.attempt, OutputsOf(first_, "5"));

  EXPECT_THAT(AssignedLocations(), ElementsAre("-.N1"));
}

TEST_F(EngineClaimTest, AClaimEndsWithItsWorkflow) {
  const SessionId right = ReturnSecond();

  ASSERT_TRUE(Cancel().ok());

  ASSERT_THAT(FreeEffects<CancelAttempt>(), SizeIs(1));
  EXPECT_EQ(FreeEffects<CancelAttempt>()[0].session, right);
  EXPECT_EQ(engine_->Workers().at(0).attempts, 0u);
}

TEST_F(EngineClaimTest, AClaimEndsWhenAnotherNodeFails) {
  const SessionId right = ReturnSecond(/*is_finished=*/true);
  Send(right, second_.attempt, OutputsOf(second_, "6"));
  const SessionId left = ReturnFirst();

  Send(left, first_.attempt, model::TaskError{.message = "broken", .details = ""});

  EXPECT_EQ(StatusOf(), model::WorkflowStatus::kFailed);
  EXPECT_EQ(AcknowledgedTo(right), 1u);
}

TEST_F(EngineClaimTest, AnotherWorkersOutcomeDoesNotResolveTheClaim) {
  ReturnSecond();
  const SessionId left = ReturnFirst();
  Send(left, second_.attempt, OutputsOf(second_, "forged"));
  EXPECT_EQ(AcknowledgedTo(left), 1u);

  Send(left, first_.attempt, OutputsOf(first_, "5"));

  EXPECT_EQ(StatusOf(), model::WorkflowStatus::kRunning);
}

TEST_F(EngineClaimTest, AnotherWorkerDoesNotTakeTheClaimOver) {
  ReturnSecond();
  Connect(kLeft, {.held = {HeldOf(second_)}});

  EXPECT_FALSE(IsKept());
}

TEST_F(EngineClaimTest, AClaimedAttemptIsNotAdoptedAtAnotherNode) {
  ReturnSecond();
  model::HeldAttempt forged = HeldOf(first_);
  forged.attempt = second_.attempt;

  Connect(kLeft, {.held = {forged}});

  EXPECT_FALSE(IsKept());
}

}  // namespace
}  // namespace orrery::engine
