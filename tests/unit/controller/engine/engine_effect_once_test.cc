// Tasks that take effect at most once: when they start, and what is done when it is not known
// whether they did.
#include "model/explanation.h"
#include "model/worker.h"
#include "model/workflow.h"
#include "tests/unit/controller/engine/engine_fixture.h"

namespace orrery::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class EngineEffectOnceTest : public EngineFixture {
 protected:
  EngineEffectOnceTest() { Start(); }

  // A graph of one task that takes effect at most once.
  static graph::Graph Sending() { return OneTask("ada.send"); }
};

TEST_F(EngineEffectOnceTest, TheAssignmentWaitsForTheRecordOfItsStart) {
  Connect(kLeft);

  ASSERT_TRUE(Submit(Sending()).ok());

  ASSERT_THAT(Records<AttemptStarted>(), SizeIs(1));
  EXPECT_EQ(Records<AttemptStarted>()[0].node.location.ToString(), "-.N0");
  EXPECT_EQ(Records<AttemptStarted>()[0].origin.instance, kLeft);
  EXPECT_THAT(FreeEffects<AssignAttempt>(), IsEmpty());
  ASSERT_THAT(GatedEffects<AssignAttempt>(), SizeIs(1));
  EXPECT_EQ(GatedEffects<AssignAttempt>()[0].attempt, Records<AttemptStarted>()[0].origin.attempt);
}

TEST_F(EngineEffectOnceTest, OtherTasksStartWithoutARecord) {
  Connect(kLeft);

  ASSERT_TRUE(Submit(OneTask()).ok());

  EXPECT_THAT(FreeEffects<AssignAttempt>(), SizeIs(1));
  EXPECT_EQ(CountOf<AttemptStarted>(), 0u);
}

TEST_F(EngineEffectOnceTest, OnlyFreeSlotsAreGivenOne) {
  const SessionId session = Connect(kLeft, {.slots = 2});

  ASSERT_TRUE(Submit(Fan(5, "ada.send")).ok());

  EXPECT_THAT(AssignedTo(session), SizeIs(2)) << "nothing waits at the worker";
  Succeed(AssignedTo(session)[0]);
  EXPECT_THAT(AssignedTo(session), SizeIs(3));
}

TEST_F(EngineEffectOnceTest, OneThatSucceedsIsLikeAnyOther) {
  Connect(kLeft);
  ASSERT_TRUE(Submit(Sending()).ok());

  Succeed(AttemptAt("-.N0"), "5");

  EXPECT_EQ(OutputOf(), "5");
}

TEST_F(EngineEffectOnceTest, AnErrorIsNotTriedAgainWhateverThePolicyAllows) {
  Connect(kLeft);
  ASSERT_TRUE(Submit(Sending(), {.failure_rules = {.policies = {{"*", {.attempts = 5}}}}}).ok());

  Fail(AttemptAt("-.N0"), "the mail was refused");

  EXPECT_EQ(FailureOf(), "the mail was refused");
}

TEST_F(EngineEffectOnceTest, APolicyThatWouldRepeatItIsRefusedAtSubmission) {
  Connect(kLeft);

  const absl::Status of_rule =
      Submit(Sending(), {.failure_rules = {.policies = {{"ada.send", {.attempts = 2}}}}});
  Sketch sketch;
  const auto own =
      graph::PortRef{sketch.Add({graph::FunctionNode{"ada.send", {.attempts = 2}}, {}}), "value"};
  const absl::Status of_node = Submit(sketch.Returning(own));

  EXPECT_THAT(std::string(of_rule.message()), HasSubstr("takes effect at most once"));
  EXPECT_THAT(std::string(of_node.message()), HasSubstr("takes effect at most once"));
}

TEST_F(EngineEffectOnceTest, ItsNodeFailsWhenTheWorkerDiesWithIt) {
  Connect(kLeft);
  Connect(kRight);
  ASSERT_TRUE(Submit(Sending()).ok());

  Step(WorkerDied{AttemptAt("-.N0").session == SessionId(1) ? kLeft : kRight,
                  {.reason = "killed by SIGKILL"}});

  ASSERT_EQ(StatusOf(), model::WorkflowStatus::kFailed);
  EXPECT_THAT(FailureOf(), HasSubstr("killed by SIGKILL"));
  EXPECT_THAT(FailureOf(), HasSubstr("may have taken effect"));
  EXPECT_THAT(assigned_, SizeIs(1));
}

TEST_F(EngineEffectOnceTest, EveryOneAtADeadWorkerFails) {
  Connect(kLeft, {.slots = 3});
  ASSERT_TRUE(Submit(Fan(3, "ada.send"), {.failure_rules = {.continues = true}}).ok());
  Connect(kRight, {.slots = 3});

  Step(WorkerDied{kLeft, {.reason = "killed by SIGKILL"}});

  EXPECT_EQ(CountOf<NodeFailed>(), 3u);
  EXPECT_THAT(assigned_, SizeIs(3));
}

TEST_F(EngineEffectOnceTest, OneThatIsGivenBackUnstartedIsGivenToAnother) {
  Connect(kLeft);
  ASSERT_TRUE(Submit(Sending()).ok());

  Release(AttemptAt("-.N0"));

  EXPECT_EQ(CountOf<AttemptReleased>(), 1u);
  ASSERT_THAT(assigned_, SizeIs(2));
  Succeed(AttemptAt("-.N0"), "5");
  EXPECT_EQ(OutputOf(), "5");
}

// The request to give it back would overtake the assignment, which waits to be durable.
TEST_F(EngineEffectOnceTest, OneIsNotAskedBackForAnIdleWorker) {
  // It waits at its worker for a slot, because of a claim: an attempt from before the restart.
  Connect(kLeft);
  ASSERT_TRUE(Submit(OneTask(), {}, kOtherFlow).ok());
  model::HeldAttempt claim = HeldOf(AttemptAt("-.N0", kOtherFlow));
  Succeed(AttemptAt("-.N0", kOtherFlow));
  Restart();
  Sketch sketch;
  const auto first = sketch.Task("ada.send");
  ASSERT_TRUE(Submit(sketch.Returning(sketch.Task("ada.add", {{"a", first}}))).ok());
  claim.workflow = kFlow;
  claim.location = *graph::Location::Parse("-.N1");
  const SessionId session = Connect(kLeft, {.held = {claim}});
  ASSERT_THAT(AssignedTo(session), SizeIs(1));
  ASSERT_EQ(engine_->Workers().at(0).attempts, 2u);
  Connect(kRight);

  Advance(settings_.revoke_after);
  Step(Tick{});

  EXPECT_THAT(Effects<RevokeAttempts>(), IsEmpty());
}

TEST_F(EngineEffectOnceTest, OneThatNeverArrivedIsGivenAgain) {
  const SessionId session = Connect(kLeft);
  ASSERT_TRUE(Submit(Sending()).ok());
  Step(SessionLost{session});

  Connect(kLeft);

  EXPECT_EQ(CountOf<AttemptReleased>(), 1u);
  EXPECT_THAT(assigned_, SizeIs(2));
}

TEST_F(EngineEffectOnceTest, OneThatItsWorkerDeclaresOtherwiseIsNotGivenAgain) {
  const SessionId session = Connect(kLeft);
  ASSERT_TRUE(Submit(Sending()).ok());
  model::HeldAttempt otherwise = HeldOf(AttemptAt("-.N0"));
  otherwise.inputs_digest = Sha256("others");
  Step(SessionLost{session});

  Connect(kLeft, {.held = {otherwise}});

  EXPECT_EQ(CountOf<AttemptReleased>(), 0u);
  EXPECT_THAT(assigned_, SizeIs(1));
  EXPECT_THAT(FailureOf(), HasSubstr("may have taken effect"));
}

TEST_F(EngineEffectOnceTest, AfterARestartItsWorkerIsAwaitedAndGoesOn) {
  Connect(kLeft);
  ASSERT_TRUE(Submit(Sending()).ok());
  const AssignAttempt first = AttemptAt("-.N0");

  Restart();
  Connect(kRight);
  EXPECT_THAT(assigned_, SizeIs(1));
  const SessionId session = Connect(kLeft, {.held = {HeldOf(first)}});
  EXPECT_TRUE(IsKept());
  Send(session, first.attempt, OutputsOf(first, "5"));

  EXPECT_EQ(OutputOf(), "5");
}

TEST_F(EngineEffectOnceTest, AfterARestartItsNodeFailsIfItsWorkerDoesNotComeBack) {
  Connect(kLeft);
  ASSERT_TRUE(Submit(Sending()).ok());

  Restart();
  Connect(kRight);
  Elapse(settings_.reconnect_grace);

  ASSERT_EQ(StatusOf(), model::WorkflowStatus::kFailed);
  EXPECT_THAT(FailureOf(), HasSubstr("did not reconnect"));
  EXPECT_THAT(FailureOf(), HasSubstr("may have taken effect"));
  EXPECT_THAT(assigned_, SizeIs(1));
}

TEST_F(EngineEffectOnceTest, AfterARestartItsNodeFailsAtOnceIfItsWorkerDiedWithTheController) {
  Connect(kLeft, {.dies_with_controller = true});
  ASSERT_TRUE(Submit(Sending()).ok());

  Restart();

  EXPECT_THAT(FailureOf(), HasSubstr("may have taken effect"));
}

TEST_F(EngineEffectOnceTest, AfterARestartOneThatItsWorkerDoesNotHoldIsGivenAgain) {
  Connect(kLeft);
  ASSERT_TRUE(Submit(Sending()).ok());

  Restart();
  Connect(kLeft);

  EXPECT_EQ(CountOf<AttemptReleased>(), 1u);
  ASSERT_THAT(assigned_, SizeIs(2));
  Succeed(AttemptAt("-.N0"), "5");
  EXPECT_EQ(OutputOf(), "5");
}

TEST_F(EngineEffectOnceTest, AResumeRunsItAgain) {
  Connect(kLeft);
  ASSERT_TRUE(Submit(Sending()).ok());
  Step(WorkerDied{kLeft, {}});
  ASSERT_EQ(StatusOf(), model::WorkflowStatus::kFailed);
  History history;
  const WorkflowNumber number = *engine_->FindNumber(kFlow);
  for (const Record& record : records_) Collect(record, number, history);
  Connect(kRight);

  Step(RerunWorkflow{.request = RequestId(77), .source = kFlow, .id = kFlow});
  Step(HistoryLoaded{number, std::make_shared<const History>(history)});

  ASSERT_THAT(assigned_, SizeIs(2));
  Succeed(AttemptAt("-.N0"), "5");
  EXPECT_EQ(OutputOf(), "5");
}

TEST_F(EngineEffectOnceTest, ARuleFromBeforeTheTaskWasDeclaredDoesNotForbidAResume) {
  ASSERT_TRUE(Submit(Sending(), {.failure_rules = {.policies = {{"ada.send", {.attempts = 2}}}},
                                 .wait_for_workers = true})
                  .ok());
  ASSERT_TRUE(Cancel().ok());
  History history;
  const WorkflowNumber number = *engine_->FindNumber(kFlow);
  for (const Record& record : records_) Collect(record, number, history);
  Connect(kLeft);

  const absl::StatusOr<WorkflowSubmitted> resumed =
      engine_->PrepareRerun({.source = kFlow, .id = kFlow}, history);

  ASSERT_TRUE(resumed.ok()) << resumed.status();
  EXPECT_EQ(resumed->submission.failure_rules.policies.at("ada.send").attempts, 2u);
}

TEST_F(EngineEffectOnceTest, ItsCancellationDoesNotOvertakeItsAssignment) {
  Connect(kLeft);
  ASSERT_TRUE(Submit(Sending()).ok());

  ASSERT_TRUE(Cancel().ok());

  EXPECT_THAT(FreeEffects<CancelAttempt>(), IsEmpty());
  EXPECT_THAT(GatedEffects<CancelAttempt>(), SizeIs(1));
}

TEST_F(EngineEffectOnceTest, ExplainSaysWhyItIsNotTriedAgain) {
  Connect(kLeft);
  ASSERT_TRUE(Submit(Sending()).ok());
  Fail(AttemptAt("-.N0"), "the mail was refused");
  History history;
  for (const Record& record : records_) Collect(record, *engine_->FindNumber(kFlow), history);
  model::Explanation explanation;

  Complete(history, *graph::Location::Parse("-.N0"), explanation);

  ASSERT_THAT(explanation.nodes, SizeIs(1));
  EXPECT_THAT(explanation.nodes[0].reasons,
              ElementsAre(HasSubstr("the mail was refused"),
                          "it is not tried again: the task takes effect at most once"));
}

}  // namespace
}  // namespace orrery::engine
