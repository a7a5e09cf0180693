// Identity of workers: session keys, processes with one instance id, declared attempts.
#include "model/worker.h"
#include "tests/unit/controller/engine/engine_fixture.h"

namespace orrery::engine {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class EngineIdentityTest : public EngineFixture {
 protected:
  EngineIdentityTest() {
    Reset({.prefetch = 0});
    Start();
  }
  // The only refusal of the last step.
  RefuseWorker Refusal() const {
    const std::vector<RefuseWorker> refusals = FreeEffects<RefuseWorker>();
    EXPECT_THAT(refusals, SizeIs(1));
    return refusals.empty() ? RefuseWorker() : refusals.front();
  }
  std::string KeyOfWelcome() const { return FreeEffects<WelcomeWorker>().at(0).key; }
};

TEST_F(EngineIdentityTest, AWorkerWithoutAKeyIsGivenOneOfWhichTheDigestIsRecorded) {
  Connect(kLeft);

  EXPECT_EQ(KeyOfWelcome(), "key of session 1");
  EXPECT_EQ(Records<WorkerJoined>().at(0).key_digest, Sha256("key of session 1"));
}

TEST_F(EngineIdentityTest, AWorkerMayBringAKeyOfItsOwn) {
  Connect(kLeft, {.key = "a key that it has drawn"});

  EXPECT_EQ(KeyOfWelcome(), "a key that it has drawn");
}

TEST_F(EngineIdentityTest, AnotherProcessOfAConnectedInstanceIsRefusedForGoodAndBothAreNamed) {
  const SessionId first = Connect(kLeft);
  ASSERT_TRUE(Submit(OneTask()).ok());
  const AssignAttempt attempt = AttemptAt("-.N0");

  Connect(kLeft, {.held = {HeldOf(attempt)}, .key = "", .process_id = 8});

  EXPECT_EQ(Refusal().reason, RefusalReason::kNotAllowed);
  EXPECT_FALSE(Refusal().retry_after.has_value());
  EXPECT_THAT(Refusal().message,
              AllOf(HasSubstr("process 7 on host host1"), HasSubstr("process 8 on host host1"),
                    HasSubstr("ORRERY_INSTANCE_ID")));
  EXPECT_THAT(FreeEffects<CloseSession>(), IsEmpty());
  Send(first, attempt.attempt, OutputsOf(attempt, "5"));
  EXPECT_EQ(OutputOf(), "5");
}

TEST_F(EngineIdentityTest, AGuessedKeyIsRefused) {
  Connect(kLeft);

  Connect(kLeft, {.key = "key of session 2"});

  EXPECT_EQ(Refusal().reason, RefusalReason::kNotAllowed);
}

TEST_F(EngineIdentityTest, TheKeyOfAnotherProcessIsRefused) {
  Connect(kLeft);

  Connect(kLeft, {.process_id = 8});

  EXPECT_EQ(Refusal().reason, RefusalReason::kNotAllowed);
}

TEST_F(EngineIdentityTest, AnotherProcessOfALostInstanceMayComeWhenTheGraceHasEnded) {
  const SessionId first = Connect(kLeft);
  ASSERT_TRUE(Submit(OneTask()).ok());
  Step(SessionLost{first});
  Elapse(absl::Seconds(10));

  Connect(kLeft, {.key = "", .process_id = 8});
  EXPECT_EQ(Refusal().retry_after, settings_.reconnect_grace - absl::Seconds(10));
  Elapse(settings_.reconnect_grace);
  const SessionId second = Connect(kLeft, {.key = "", .process_id = 8});

  EXPECT_THAT(AssignedTo(second), SizeIs(1));
}

TEST_F(EngineIdentityTest, ARestartedControllerStillWantsTheKey) {
  Connect(kLeft);
  ASSERT_TRUE(Submit(OneTask()).ok());
  const AssignAttempt attempt = AttemptAt("-.N0");
  Restart();

  Connect(kLeft, {.held = {HeldOf(attempt)}, .key = "forged"});
  EXPECT_EQ(Refusal().reason, RefusalReason::kNotAllowed);
  EXPECT_EQ(Refusal().retry_after, settings_.reconnect_grace);
  Connect(kLeft, {.held = {HeldOf(attempt)}});

  EXPECT_TRUE(IsKept());
}

TEST_F(EngineIdentityTest, AWorkerThatJoinedBeforeKeysWereRecordedGetsOne) {
  Connect(kLeft);
  for (Record& record : records_) {
    if (auto* joined = std::get_if<WorkerJoined>(&record.body)) joined->key_digest.reset();
  }
  Restart();

  Connect(kLeft, {.key = "its key from now on"});

  EXPECT_EQ(Records<WorkerJoined>().at(0).key_digest, Sha256("its key from now on"));
}

class DeclaredAttemptTest : public EngineIdentityTest,
                            public ::testing::WithParamInterface<void (*)(model::HeldAttempt&)> {};

TEST_P(DeclaredAttemptTest, WhatDiffersFromTheAssignmentIsAbandoned) {
  const SessionId first = Connect(kLeft);
  ASSERT_TRUE(Submit(OneTask()).ok());
  model::HeldAttempt held = HeldOf(AttemptAt("-.N0"));
  GetParam()(held);
  Step(SessionLost{first});

  const SessionId second = Connect(kLeft, {.held = {held}});

  const HeldVerdict verdict = FreeEffects<WelcomeWorker>().at(0).verdicts.at(0);
  EXPECT_FALSE(verdict.keep);
  EXPECT_FALSE(verdict.node.has_value());
  EXPECT_THAT(AssignedTo(second), SizeIs(1));
}

INSTANTIATE_TEST_SUITE_P(
    All, DeclaredAttemptTest,
    ::testing::Values([](model::HeldAttempt& held) { held.task = "times"; },
                      [](model::HeldAttempt& held) { held.inputs_digest = Sha256("others"); },
                      [](model::HeldAttempt& held) { held.workflow = Uuid::FromInteger(77); },
                      [](model::HeldAttempt& held) {
                        held.location = graph::Location::Parse("-.N1").value();
                      }));

TEST_F(EngineIdentityTest, AKeptAttemptNamesItsNodeAndADiscardedOutcomeNone) {
  const SessionId first = Connect(kLeft);
  ASSERT_TRUE(Submit(OneTask()).ok());
  const AssignAttempt attempt = AttemptAt("-.N0");
  model::HeldAttempt foreign = HeldOf(attempt, /*is_finished=*/true);
  foreign.attempt.number += 7;
  Step(SessionLost{first});

  Connect(kLeft, {.held = {HeldOf(attempt), foreign}});

  const std::vector<HeldVerdict> verdicts = FreeEffects<WelcomeWorker>().at(0).verdicts;
  ASSERT_TRUE(verdicts.at(0).node.has_value());
  EXPECT_EQ(verdicts.at(0).node->workflow, kFlow);
  EXPECT_EQ(verdicts.at(0).node->location.ToString(), "-.N0");
  EXPECT_TRUE(verdicts.at(1).keep);
  EXPECT_FALSE(verdicts.at(1).node.has_value());
}

TEST_F(EngineIdentityTest, AStrangerClaimsNoNodeThatIsNotReady) {
  Connect(kLeft);
  ASSERT_TRUE(Submit(Chain(2)).ok());
  const model::HeldAttempt held{.attempt = {1, 90},
                                .workflow = kFlow,
                                .location = graph::Location::Parse("-.N1").value(),
                                .task = "add"};
  Restart();

  Connect(kRight, {.held = {held}});

  EXPECT_FALSE(IsKept());
}

}  // namespace
}  // namespace orrery::engine
