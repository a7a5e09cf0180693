// Blame when a worker dies that ran several attempts.
#include "model/outcome.h"
#include "model/worker.h"
#include "model/workflow.h"
#include "tests/unit/controller/engine/engine_fixture.h"

namespace orrery::engine {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class EngineBlameTest : public EngineFixture {
 protected:
  EngineBlameTest() {
    Reset({.prefetch = 0, .workers_lost = {.max = 2}});
    Start();
  }
  // A worker with three slots runs what it gets, and dies of it.
  void LoseAWorker() {
    const Uuid instance = Uuid::FromInteger(++instances_);
    Connect(instance, {.slots = 3});
    Step(WorkerDied{instance, {.reason = "killed by SIGSEGV"}});
  }
  std::vector<std::string> RunningAt(SessionId session) const {
    std::vector<std::string> locations;
    for (const AssignAttempt& attempt : AssignedTo(session)) {
      locations.push_back(attempt.location.ToString());
    }
    return locations;
  }

  std::uint64_t instances_ = 10;
};

TEST_F(EngineBlameTest, ALossWithOthersCountsAgainstNone) {
  ASSERT_TRUE(Submit(Fan(3)).ok());

  LoseAWorker();

  ASSERT_THAT(Records<AttemptLost>(), SizeIs(3));
  for (const AttemptLost& lost : Records<AttemptLost>()) EXPECT_TRUE(lost.is_shared);
  LoseAWorker();
  EXPECT_EQ(StatusOf(), model::WorkflowStatus::kRunning);
}

TEST_F(EngineBlameTest, NodesThatWereLostTwiceWithOthersRunAlone) {
  ASSERT_TRUE(Submit(Fan(3)).ok());
  for (std::uint64_t i = 0; i < settings_.shared_losses.max; ++i) LoseAWorker();

  const SessionId session = Connect(kLeft, {.slots = 3});

  EXPECT_THAT(RunningAt(session), ElementsAre("-.N0"));
  Succeed(AttemptAt("-.N0"));
  EXPECT_THAT(RunningAt(session), ElementsAre("-.N0", "-.N1"));
  Succeed(AttemptAt("-.N1"));
  Succeed(AttemptAt("-.N2"));
  EXPECT_EQ(StatusOf(), model::WorkflowStatus::kSucceeded);
}

TEST_F(EngineBlameTest, OnlyTheOneThatKillsAloneFails) {
  ASSERT_TRUE(Submit(Fan(2), {.failure_rules = {.continues = true}}).ok());
  LoseAWorker();
  LoseAWorker();

  LoseAWorker();  // Alone, once.
  EXPECT_THAT(Records<AttemptLost>(), SizeIs(1));
  EXPECT_FALSE(Records<AttemptLost>()[0].is_shared);
  LoseAWorker();
  EXPECT_THAT(Records<NodeFailed>(), SizeIs(1));
  Connect(kLeft);
  Succeed(AttemptAt("-.N1"));

  ASSERT_TRUE(SettledOf().has_value());
  ASSERT_THAT(SettledOf()->failures, SizeIs(1));
  EXPECT_EQ(SettledOf()->failures[0].location.ToString(), "-.N0");
  EXPECT_THAT(FailureOf(), HasSubstr("worker lost while running, 2 times"));
}

TEST_F(EngineBlameTest, ABusyWorkerIsKeptFreeForTheOneThatMustRunAlone) {
  ASSERT_TRUE(Submit(Fan(2)).ok());
  LoseAWorker();
  LoseAWorker();
  const SessionId session = Connect(kLeft, {.slots = 2});
  ASSERT_TRUE(Submit(Fan(4), {}, kOtherFlow).ok());
  EXPECT_THAT(AssignedTo(session), SizeIs(1)) << "alone";
  Succeed(AttemptAt("-.N0"));
  Succeed(AttemptAt("-.N1"));
  EXPECT_THAT(AssignedTo(session), SizeIs(4)) << "two beside each other";
  ASSERT_EQ(StatusOf(), model::WorkflowStatus::kSucceeded);
}

TEST_F(EngineBlameTest, NothingJoinsTheOneThatRunsAloneAndNothingIsRevokedForItsWorker) {
  ASSERT_TRUE(Submit(Fan(2)).ok());
  LoseAWorker();
  LoseAWorker();
  Connect(kLeft, {.slots = 4});
  Connect(kRight, {.slots = 1});

  ASSERT_TRUE(Submit(Fan(3), {}, kOtherFlow).ok());
  Elapse(absl::Seconds(1));

  std::size_t at_left = 0;
  for (const AssignAttempt& attempt : assigned_) at_left += attempt.session == SessionId(3);
  EXPECT_EQ(at_left, 1u);
}

TEST_F(EngineBlameTest, ARestartRemembersWhoMustRunAlone) {
  ASSERT_TRUE(Submit(Fan(2)).ok());
  LoseAWorker();
  LoseAWorker();
  Restart();

  const SessionId session = Connect(kLeft, {.slots = 3});

  EXPECT_THAT(AssignedTo(session), SizeIs(1));
}

TEST_F(EngineBlameTest, ATaskThatWasLeftBehindIsACompanion) {
  const SessionId session = Connect(kLeft, {.slots = 2});
  ASSERT_TRUE(Submit(OneTask()).ok());
  Step(ProgressReported{.session = session, .reports = {}, .stuck_slots = 1});

  Step(WorkerDied{kLeft, {.reason = "killed by SIGSEGV"}});

  ASSERT_THAT(Records<AttemptLost>(), SizeIs(1));
  EXPECT_TRUE(Records<AttemptLost>()[0].is_shared);
}

TEST_F(EngineBlameTest, AnEndAfterDrainingCountsForNobody) {
  const SessionId session = Connect(kLeft);
  ASSERT_TRUE(Submit(OneTask()).ok());
  Step(WorkerDraining{session});
  Step(SessionLost{session});

  Step(WorkerDied{kLeft, {.reason = "killed by SIGKILL"}});

  EXPECT_THAT(Records<AttemptLost>(), IsEmpty());
  const SessionId second = Connect(kRight);
  EXPECT_THAT(AssignedTo(second), SizeIs(1));
}

TEST_F(EngineBlameTest, ANodeWaitsInVainForAWorkerOfItsOwnUntilItsQueueTimeout) {
  graph::FailurePolicy policy;
  policy.queue_timeout = absl::Seconds(5);
  graph::FailureRules rules;
  rules.policies.emplace(graph::kAllTasks, policy);
  ASSERT_TRUE(Submit(Fan(2), {.failure_rules = std::move(rules)}).ok());
  LoseAWorker();
  LoseAWorker();

  Elapse(absl::Seconds(6));

  EXPECT_EQ(StatusOf(), model::WorkflowStatus::kFailed);
  EXPECT_THAT(FailureOf(), HasSubstr("queue timeout of 5s"));
}

}  // namespace
}  // namespace orrery::engine
