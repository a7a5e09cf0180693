// Attempts that fail or take too long, and workflows with a failed node.
#include "model/outcome.h"
#include "model/workflow.h"
#include "tests/unit/controller/engine/engine_fixture.h"

namespace orrery::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

graph::FailureRules ForAll(graph::FailurePolicy policy) {
  return {.policies = {{std::string(graph::kAllTasks), policy}}};
}

class EnginePolicyTest : public EngineFixture {
 protected:
  EnginePolicyTest() {
    Reset({.prefetch = 0});
    Start();
  }
};

TEST_F(EnginePolicyTest, AFailedAttemptIsMadeAgainAfterItsBackoff) {
  Connect(kLeft);
  ASSERT_TRUE(
      Submit(OneTask(), {.failure_rules = ForAll({.attempts = 3, .backoff = absl::Seconds(2)})})
          .ok());

  Fail(AttemptAt("-.N0"), "first");
  EXPECT_THAT(assigned_, SizeIs(1));
  EXPECT_THAT(engine_->WaitingFor(kFlow), ElementsAre("1 node waits to be tried again later"));
  Elapse(absl::Seconds(2));
  ASSERT_THAT(assigned_, SizeIs(2));
  Fail(AttemptAt("-.N0"), "second");
  Elapse(absl::Seconds(3));
  EXPECT_THAT(assigned_, SizeIs(2)) << "the backoff doubles";
  Elapse(absl::Seconds(1));
  ASSERT_THAT(assigned_, SizeIs(3));
  Succeed(AttemptAt("-.N0"), "5");

  EXPECT_EQ(OutputOf(), "5");
  EXPECT_EQ(CountOf<AttemptFailed>(), 2u);
}

TEST_F(EnginePolicyTest, AfterTheLastAttemptTheNodeHasFailedWithAllThatWentBefore) {
  Connect(kLeft);
  ASSERT_TRUE(Submit(OneTask(), {.failure_rules = ForAll({.attempts = 2})}).ok());

  Fail(AttemptAt("-.N0"), "first");
  Elapse(absl::Seconds(1));
  Fail(AttemptAt("-.N0"), "second");

  ASSERT_EQ(StatusOf(), model::WorkflowStatus::kFailed);
  const model::WorkflowFailure failure = SettledOf()->failures.at(0);
  EXPECT_EQ(failure.error.message, "second");
  EXPECT_EQ(failure.attempt, assigned_.back().attempt);
  ASSERT_THAT(failure.earlier, SizeIs(1));
  EXPECT_EQ(failure.earlier[0].message, "first");
  EXPECT_EQ(failure.earlier[0].worker, "ada");
}

TEST_F(EnginePolicyTest, TheBackoffOutlivesARestart) {
  Connect(kLeft, {.dies_with_controller = true});
  ASSERT_TRUE(
      Submit(OneTask(), {.failure_rules = ForAll({.attempts = 2, .backoff = absl::Seconds(10)})})
          .ok());
  Fail(AttemptAt("-.N0"), "first");

  Advance(absl::Seconds(4));
  Restart();
  Connect(kRight);
  EXPECT_THAT(assigned_, SizeIs(1));
  Elapse(absl::Seconds(6));
  ASSERT_THAT(assigned_, SizeIs(2));
  Fail(AttemptAt("-.N0"), "second");

  EXPECT_EQ(FailureOf(), "second") << "attempts of before count";
}

TEST_F(EnginePolicyTest, AFailureThatIsToldAgainAfterARestartCountsOnce) {
  Connect(kLeft);
  ASSERT_TRUE(Submit(OneTask(), {.failure_rules = ForAll({.attempts = 2})}).ok());
  const AssignAttempt first = AttemptAt("-.N0");
  Fail(first, "first");

  Restart();
  const SessionId session = Connect(kLeft, {.held = {HeldOf(first, /*is_finished=*/true)}});
  Send(session, first.attempt, model::TaskError{.message = "first"});
  EXPECT_EQ(AcknowledgedTo(session), 1u);
  Elapse(absl::Seconds(1));
  ASSERT_THAT(assigned_, SizeIs(2));
  Succeed(AttemptAt("-.N0"), "2");

  EXPECT_EQ(OutputOf(), "2");
  EXPECT_EQ(CountOf<AttemptFailed>(), 1u);
}

TEST_F(EnginePolicyTest, ErrorsThatAnotherAttemptCannotChangeEndIt) {
  Connect(kLeft);
  ASSERT_TRUE(Submit(OneTask(), {.failure_rules = ForAll({.attempts = 5})}).ok());
  const AssignAttempt attempt = AttemptAt("-.N0");

  Send(attempt.session, attempt.attempt,
       model::TaskError{.kind = model::TaskErrorKind::kSerializer, .message = "no npy"});

  EXPECT_EQ(FailureOf(), "no npy");
}

TEST_F(EnginePolicyTest, AnErrorThatTheTaskCallsFinalIsNotTriedAgain) {
  Connect(kLeft);
  ASSERT_TRUE(Submit(OneTask(), {.failure_rules = ForAll({.attempts = 5})}).ok());
  const AssignAttempt attempt = AttemptAt("-.N0");

  Send(attempt.session, attempt.attempt,
       model::TaskError{.message = "no such row", .is_final = true});

  EXPECT_EQ(FailureOf(), "no such row");
  EXPECT_EQ(CountOf<AttemptFailed>(), 0u);
}

TEST_F(EnginePolicyTest, TheNodesOwnPolicyCountsUnlessTheSubmissionSaysOtherwise) {
  Connect(kLeft, {.slots = 2});
  Sketch sketch;
  const auto own = graph::PortRef{
      sketch.Add(
          {graph::FunctionNode{"ada.add", {.attempts = 2, .run_timeout = absl::Seconds(9)}}, {}}),
      "value"};
  const auto other = sketch.Task("ada.times");
  ASSERT_TRUE(
      Submit(sketch.Returning({{"a", own}, {"b", other}}),
             {.failure_rules = {.policies = {{"*", {.run_timeout = absl::Seconds(60)}},
                                             {"ada.times", {.run_timeout = absl::Seconds(5)}}}}})
          .ok());

  EXPECT_EQ(AttemptAt("-.N0").run_timeout, absl::Seconds(60));
  EXPECT_EQ(AttemptAt("-.N1").run_timeout, absl::Seconds(5));
  Fail(AttemptAt("-.N0"));
  EXPECT_EQ(CountOf<AttemptFailed>(), 1u) << "two attempts, as the graph says";
  Fail(AttemptAt("-.N1"));
  EXPECT_EQ(StatusOf(), model::WorkflowStatus::kFailed);
}

TEST_F(EnginePolicyTest, ANodeThatNobodyTakesInTimeHasFailed) {
  ASSERT_TRUE(
      Submit(OneTask(), {.failure_rules = ForAll({.queue_timeout = absl::Seconds(60)})}).ok());
  EXPECT_EQ(engine_->NextDeadline(), now_ + absl::Seconds(60));

  Elapse(absl::Seconds(59));
  EXPECT_EQ(StatusOf(), model::WorkflowStatus::kRunning);
  Elapse(absl::Seconds(1));

  EXPECT_THAT(FailureOf(), HasSubstr("no worker took ada.add within its queue timeout of 1m"));
  EXPECT_THAT(FailureOf(), HasSubstr("no worker named ada is connected"));
}

TEST_F(EnginePolicyTest, ANodeThatWasTakenHasNoQueueTimeout) {
  ASSERT_TRUE(
      Submit(OneTask(), {.failure_rules = ForAll({.queue_timeout = absl::Seconds(60)})}).ok());
  Connect(kLeft);

  Elapse(absl::Seconds(100));
  Succeed(AttemptAt("-.N0"), "3");

  EXPECT_EQ(OutputOf(), "3");
}

TEST_F(EnginePolicyTest, AWorkflowThatContinuesRunsAllThatDoesNotDependOnTheFailure) {
  Connect(kLeft, {.slots = 1});
  Sketch sketch;
  const auto broken = sketch.Task("ada.add");
  const auto lost = sketch.Task("ada.add", {{"a", broken}});
  const auto first = sketch.Task("ada.times");
  const auto second = sketch.Task("ada.times", {{"a", first}});
  ASSERT_TRUE(
      Submit(sketch.Returning({{"x", lost}, {"y", second}}), {.failure_rules = {.continues = true}})
          .ok());

  Fail(AttemptAt("-.N0"), "broken");
  EXPECT_EQ(StatusOf(), model::WorkflowStatus::kRunning);
  Succeed(AttemptAt("-.N2"));
  Succeed(AttemptAt("-.N3"));

  EXPECT_EQ(FailureOf(), "broken");
  EXPECT_FALSE(IsAssigned("-.N1"));
}

TEST_F(EnginePolicyTest, AWorkflowThatContinuesStillWaitsAfterARestart) {
  Connect(kLeft, {.slots = 2, .dies_with_controller = true});
  ASSERT_TRUE(Submit(Fan(2), {.failure_rules = {.continues = true}}).ok());
  Fail(AttemptAt("-.N0"), "broken");

  Restart();
  EXPECT_EQ(StatusOf(), model::WorkflowStatus::kRunning);
  Connect(kRight);
  Succeed(AttemptAt("-.N1"));

  EXPECT_EQ(FailureOf(), "broken");
}

TEST_F(EnginePolicyTest, APolicyOutOfRangeIsRefusedWithItsTask) {
  const absl::Status status =
      Submit(OneTask(), {.failure_rules = {.policies = {{"ada.add", {.attempts = 0}}}}});

  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(status.message(), HasSubstr("ada.add: attempts is 0, but must be from 1 to 1000"));
  EXPECT_THAT(Records<WorkflowSubmitted>(), IsEmpty());
}

TEST_F(EnginePolicyTest, APolicyThatNoTaskCanHaveIsRefused) {
  Connect(kLeft);
  const auto refusal = [&](const std::string& task) {
    return std::string(Submit(OneTask(), {.failure_rules = {.policies = {{task, {.attempts = 2}}}},
                                          .wait_for_workers = false})
                           .message());
  };

  EXPECT_THAT(refusal("ada.ad"), HasSubstr("of ada.ad: no worker offers this task; did you mean "
                                           "ada.add?"));
  EXPECT_THAT(refusal("builtins.iadd"), HasSubstr("a builtin has no failure policy"));
  EXPECT_EQ(refusal("ada.times"), "") << "a graph that comes later may have it";
}

}  // namespace
}  // namespace orrery::engine
