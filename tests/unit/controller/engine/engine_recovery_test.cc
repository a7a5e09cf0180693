// A controller that restarts: what it remembers, whom it waits for, what it adopts.
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

class EngineRecoveryTest : public EngineFixture {
 protected:
  EngineRecoveryTest() {
    Reset({.prefetch = 0});
    Start();
  }
};

TEST_F(EngineRecoveryTest, EveryStartIsANewEpoch) {
  EXPECT_EQ(engine_->epoch(), 1u);

  Restart();

  EXPECT_EQ(engine_->epoch(), 2u);
  EXPECT_EQ(Records<ControllerStarted>().at(0).epoch, 2u);
}

TEST_F(EngineRecoveryTest, EveryPrefixOfTheRecordsCanBeReplayed) {
  Connect(kLeft, {.slots = 2});
  Sketch inner;
  const auto x = inner.Input("x");
  const graph::Graph body = inner.Returning(inner.Task("ada.add", {{"a", x}}));
  Sketch sketch;
  const auto first = sketch.Task("ada.add");
  const auto eval = sketch.Eval(sketch.Const(body), {{"x", first}});
  ASSERT_TRUE(Submit(sketch.Returning(eval)).ok());
  ASSERT_TRUE(Submit(Fan(3), {}, kOtherFlow).ok());
  Fail(AttemptAt("-.N0", kOtherFlow));
  Step(WorkerDied{kLeft, {.reason = "signal 9"}});
  Connect(kRight, {.slots = 4});
  Succeed(AttemptAt("-.N0"));
  Succeed(AttemptAt("-.N2.N1"), "6");
  ASSERT_EQ(OutputOf(), "6");

  for (std::size_t count = 0; count <= records_.size(); ++count) {
    Engine again(settings_);
    ReplayInto(again, count);
  }
}

TEST_F(EngineRecoveryTest, RecordsThatDoNotFollowAreDataLoss) {
  Connect(kLeft);
  ASSERT_TRUE(Submit(Chain(2)).ok());
  Succeed(AttemptAt("-.N0"));
  const Record finished = records_.back();
  ASSERT_TRUE(std::holds_alternative<NodeFinished>(finished.body));

  const auto replay = [&](std::vector<Record> records) {
    Engine again(settings_);
    absl::Status last;
    for (const Record& record : records) last = again.Replay(record, nullptr).status();
    return last;
  };
  std::vector<Record> twice = records_;
  twice.push_back(finished);
  Record elsewhere = finished;
  std::get<NodeFinished>(elsewhere.body).node.location = *graph::Location::Parse("-.N7");
  std::vector<Record> gap(records_.begin(), records_.end() - 1);
  gap.push_back(elsewhere);
  const WorkflowSubmitted beyond{
      .number = WorkflowNumber(1),
      .id = kFlow,
      .submission = {.name = "flow",
                     .graph = std::make_shared<const graph::Graph>(OneTask()),
                     .side_effects = {2}}};

  EXPECT_EQ(replay(twice).code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(replay(gap).code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(replay({finished}).code(), absl::StatusCode::kDataLoss);
  const Record start{now_, ControllerStarted{.epoch = 2}};
  EXPECT_EQ(replay({start, start}).code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(replay({{now_, ControllerStarted{.epoch = UINT64_MAX}}}).code(),
            absl::StatusCode::kDataLoss);
  EXPECT_EQ(replay({{now_, WorkflowDeleted{WorkflowNumber(UINT64_MAX)}}}).code(),
            absl::StatusCode::kDataLoss);
  EXPECT_EQ(replay({{now_, beyond}}).code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(replay({{now_, ReuseEnded{WorkflowNumber(1)}}}).code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(replay({{now_, WorkflowFailed{WorkflowNumber(1)}}}).code(),
            absl::StatusCode::kDataLoss);
  EXPECT_EQ(replay({{now_, WorkflowCancelled{WorkflowNumber(1), ""}}}).code(),
            absl::StatusCode::kDataLoss);
}

TEST_F(EngineRecoveryTest, AFailureOfANodeThatIsNotOpenIsDataLoss) {
  ASSERT_TRUE(Submit(OneTask()).ok());
  const auto replay_failure = [&](std::uint64_t workflow, model::TaskErrorKind kind) {
    Engine again(settings_);
    ReplayInto(again, records_.size());
    const NodeFailed failed{.node = {WorkflowNumber(workflow), *graph::Location::Parse("-.N7")},
                            .origin = {},
                            .error = {.kind = kind, .message = "broken"}};
    return again.Replay({now_, failed}, nullptr).status().code();
  };

  EXPECT_EQ(replay_failure(1, model::TaskErrorKind::kTask), absl::StatusCode::kDataLoss);
  EXPECT_EQ(replay_failure(2, model::TaskErrorKind::kStorage), absl::StatusCode::kDataLoss);
}

TEST_F(EngineRecoveryTest, ASubmissionWithAUsedIdOrANumberOutOfOrderIsDataLoss) {
  ASSERT_TRUE(Submit(OneTask()).ok());
  const auto replay_submission = [&](std::uint64_t number, const Uuid& id) {
    Engine again(settings_);
    ReplayInto(again, records_.size());
    const WorkflowSubmitted submitted{
        .number = WorkflowNumber(number),
        .id = id,
        .submission = {.name = "flow", .graph = std::make_shared<const graph::Graph>(OneTask())}};
    return again.Replay({now_, submitted}, nullptr).status().code();
  };

  EXPECT_EQ(replay_submission(2, kOtherFlow), absl::StatusCode::kOk);
  EXPECT_EQ(replay_submission(2, kFlow), absl::StatusCode::kDataLoss);
  EXPECT_EQ(replay_submission(1, kOtherFlow), absl::StatusCode::kDataLoss);
  EXPECT_EQ(replay_submission(UINT64_MAX, kOtherFlow), absl::StatusCode::kDataLoss);
}

TEST_F(EngineRecoveryTest, WhatIsPendingIsHeldBackUntilKnownWorkersReturn) {
  Connect(kLeft);
  Connect(kRight);
  ASSERT_TRUE(Submit(Fan(3)).ok());
  assigned_.clear();
  Restart();

  Connect(kLeft);
  EXPECT_THAT(assigned_, IsEmpty());
  Connect(kRight);

  EXPECT_THAT(assigned_, SizeIs(2));
}

TEST_F(EngineRecoveryTest, WhatIsPendingIsGivenToOthersWhenTheGraceEnds) {
  Connect(kLeft);
  ASSERT_TRUE(Submit(OneTask()).ok());
  assigned_.clear();
  Restart();
  Connect(kRight);
  EXPECT_THAT(assigned_, IsEmpty());

  Elapse(settings_.reconnect_grace);

  EXPECT_THAT(assigned_, SizeIs(1));
  EXPECT_THAT(Records<WorkerLeft>(), SizeIs(1));
  EXPECT_EQ(engine_->NextDeadline(), std::nullopt);
}

TEST_F(EngineRecoveryTest, AWorkerKnownToBeDeadIsNotWaitedFor) {
  Connect(kLeft);
  ASSERT_TRUE(Submit(OneTask()).ok());
  assigned_.clear();
  Restart();
  Connect(kRight);

  Step(WorkerDied{kLeft, {.reason = "exit status 1"}});

  EXPECT_THAT(assigned_, SizeIs(1));
}

TEST_F(EngineRecoveryTest, WorkersThatDieWithTheControllerAreNotWaitedFor) {
  Connect(kLeft, {.dies_with_controller = true});
  ASSERT_TRUE(Submit(OneTask()).ok());
  assigned_.clear();
  Restart();
  EXPECT_THAT(Records<WorkerLeft>(), SizeIs(1));

  Connect(kRight);

  EXPECT_THAT(assigned_, SizeIs(1));
}

TEST_F(EngineRecoveryTest, NewWorkflowsDoNotWaitForOldWorkers) {
  Connect(kLeft);
  ASSERT_TRUE(Submit(OneTask()).ok());
  assigned_.clear();
  Restart();
  Connect(kRight);

  ASSERT_TRUE(Submit(OneTask(), {}, kOtherFlow).ok());

  EXPECT_TRUE(IsAssigned("-.N0", kOtherFlow));
  EXPECT_FALSE(IsAssigned("-.N0"));
}

TEST_F(EngineRecoveryTest, AWorkerThatJoinsLaterIsNoProgress) {
  Connect(kLeft, {.dies_with_controller = true});
  ASSERT_TRUE(Submit(OneTask()).ok());
  Restart();
  Connect(kLeft);
  ASSERT_TRUE(IsAssigned("-.N0"));

  Connect(kRight);

  EXPECT_THAT(GatedEffects<WorkflowProgressed>(), IsEmpty());
}

TEST_F(EngineRecoveryTest, AWorkerThatIsRefusedIsStillWaitedFor) {
  Connect(kLeft);
  ASSERT_TRUE(Submit(OneTask()).ok());
  assigned_.clear();
  Restart();
  Connect(kRight);

  Connect(kLeft, {.slots = 0});
  EXPECT_THAT(assigned_, IsEmpty());
  Connect(kLeft);

  EXPECT_THAT(assigned_, SizeIs(1));
}

TEST_F(EngineRecoveryTest, ARunningAttemptIsAdopted) {
  Connect(kLeft);
  ASSERT_TRUE(Submit(OneTask()).ok());
  const AssignAttempt attempt = AttemptAt("-.N0");
  assigned_.clear();
  Restart();

  const SessionId session = Connect(kLeft, {.held = {HeldOf(attempt)}});
  EXPECT_TRUE(IsKept());
  EXPECT_THAT(last_.records, IsEmpty());
  Send(session, attempt.attempt, OutputsOf(attempt, "5"));

  EXPECT_EQ(OutputOf(), "5");
  EXPECT_THAT(assigned_, IsEmpty());
  EXPECT_EQ(AcknowledgedTo(session), 1u);
}

TEST_F(EngineRecoveryTest, AFinishedAttemptIsAdoptedAndItsOutcomeAccepted) {
  Connect(kLeft);
  ASSERT_TRUE(Submit(OneTask()).ok());
  const AssignAttempt attempt = AttemptAt("-.N0");
  Succeed(attempt, "lost with the controller");
  Restart(records_.size() - 1);
  EXPECT_EQ(StatusOf(), model::WorkflowStatus::kRunning);

  const SessionId session = Connect(kLeft, {.held = {HeldOf(attempt, /*is_finished=*/true)}});
  EXPECT_TRUE(IsKept());
  Send(session, attempt.attempt, OutputsOf(attempt, "5"));

  EXPECT_EQ(OutputOf(), "5");
}

TEST_F(EngineRecoveryTest, AnOutcomeOfAnOldEpochCountsOnlyIfItsAttemptWasAdopted) {
  Connect(kLeft);
  ASSERT_TRUE(Submit(OneTask()).ok());
  const AssignAttempt attempt = AttemptAt("-.N0");
  Restart();

  const SessionId session = Connect(kLeft);
  Send(session, attempt.attempt, OutputsOf(attempt));

  EXPECT_THAT(last_.records, IsEmpty());
  EXPECT_EQ(AcknowledgedTo(session), 1u);
  EXPECT_EQ(StatusOf(), model::WorkflowStatus::kRunning);
}

TEST_F(EngineRecoveryTest, AnAttemptWithOtherInputsIsAbandoned) {
  Connect(kLeft);
  ASSERT_TRUE(Submit(OneTask()).ok());
  model::HeldAttempt held = HeldOf(AttemptAt("-.N0"));
  held.inputs_digest = Sha256("other inputs");
  assigned_.clear();
  Restart();

  Connect(kLeft, {.held = {held}});

  EXPECT_FALSE(IsKept());
  EXPECT_THAT(assigned_, SizeIs(1));
}

TEST_F(EngineRecoveryTest, AnAttemptOfAnotherTaskIsAbandoned) {
  Connect(kLeft);
  ASSERT_TRUE(Submit(OneTask()).ok());
  model::HeldAttempt held = HeldOf(AttemptAt("-.N0"));
  held.task = "times";
  Restart();

  Connect(kLeft, {.held = {held}});

  EXPECT_FALSE(IsKept());
}

TEST_F(EngineRecoveryTest, AttemptsOfWhatIsNotRunningAreAbandoned) {
  Connect(kLeft);
  ASSERT_TRUE(Submit(OneTask()).ok());
  const model::HeldAttempt held = HeldOf(AttemptAt("-.N0"));
  model::HeldAttempt unknown = held;
  unknown.workflow = kOtherFlow;
  ASSERT_TRUE(Cancel().ok());
  Restart();

  Connect(kLeft, {.held = {held, unknown}});

  const WelcomeWorker welcome = FreeEffects<WelcomeWorker>().at(0);
  ASSERT_THAT(welcome.verdicts, SizeIs(2));
  EXPECT_FALSE(welcome.verdicts[0].keep);
  EXPECT_FALSE(welcome.verdicts[1].keep);
}

TEST_F(EngineRecoveryTest, TheFirstOfTwoWorkersWithTheSameNodeKeepsIt) {
  Connect(kLeft);
  Connect(kRight);
  ASSERT_TRUE(Submit(OneTask()).ok());
  const model::HeldAttempt first = HeldOf(AttemptAt("-.N0"));
  model::HeldAttempt second = first;
  second.attempt.number = 99;
  Restart();

  Connect(kLeft, {.held = {first}});
  EXPECT_TRUE(IsKept());
  Connect(kRight, {.held = {second}});

  EXPECT_FALSE(IsKept());
}

TEST_F(EngineRecoveryTest, AWorkerThatReturnsAfterTheGraceIsStillAdoptedIfItsNodeWaits) {
  Connect(kLeft);
  ASSERT_TRUE(Submit(OneTask()).ok());
  const AssignAttempt attempt = AttemptAt("-.N0");
  assigned_.clear();
  Restart();
  Elapse(settings_.reconnect_grace);

  Connect(kLeft, {.held = {HeldOf(attempt)}});

  EXPECT_TRUE(IsKept());
  EXPECT_THAT(assigned_, IsEmpty());
}

TEST_F(EngineRecoveryTest, AnAttemptGivenUpAsLostIsAdoptedIfItsNodeWaits) {
  const SessionId left = Connect(kLeft);
  ASSERT_TRUE(Submit(OneTask()).ok());
  const AssignAttempt attempt = AttemptAt("-.N0");
  Step(SessionLost{left});
  Elapse(settings_.reconnect_grace);
  ASSERT_EQ(CountOf<AttemptLost>(), 1u);
  Restart();

  Connect(kLeft, {.held = {HeldOf(attempt)}});

  EXPECT_TRUE(IsKept());
}

TEST_F(EngineRecoveryTest, AWorkflowThatWasFailingEndsWhenNobodyCanHoldItsNodes) {
  Connect(kLeft, {.slots = 2});
  ASSERT_TRUE(Submit(Fan(2)).ok());
  Fail(AttemptAt("-.N0"));
  Restart();
  EXPECT_EQ(StatusOf(), model::WorkflowStatus::kRunning);

  Connect(kLeft);

  EXPECT_EQ(StatusOf(), model::WorkflowStatus::kFailed);
}

TEST_F(EngineRecoveryTest, AWorkflowThatWasFailingFinishesWhatItsWorkerHolds) {
  Connect(kLeft, {.slots = 2});
  ASSERT_TRUE(Submit(Fan(2)).ok());
  const AssignAttempt attempt = AttemptAt("-.N1");
  Fail(AttemptAt("-.N0"));
  Restart();

  const SessionId session = Connect(kLeft, {.held = {HeldOf(attempt)}});
  EXPECT_TRUE(IsKept());
  EXPECT_EQ(StatusOf(), model::WorkflowStatus::kRunning);
  Send(session, attempt.attempt, OutputsOf(attempt));

  EXPECT_EQ(StatusOf(), model::WorkflowStatus::kFailed);
}

TEST_F(EngineRecoveryTest, AFailingWorkflowWithoutWorkersEndsAtTheStart) {
  Connect(kLeft);
  ASSERT_TRUE(Submit(OneTask()).ok());
  Fail(AttemptAt("-.N0"));
  ASSERT_TRUE(std::holds_alternative<WorkflowFailed>(records_.back().body));
  Step(WorkerDied{kLeft, {.reason = "signal 9"}});
  std::erase_if(records_, [](const Record& record) {
    return std::holds_alternative<WorkflowFailed>(record.body);
  });

  Restart();

  EXPECT_THAT(Records<WorkflowFailed>(), SizeIs(1));
  EXPECT_EQ(StatusOf(), model::WorkflowStatus::kFailed);
}

class EngineReloadTest : public EngineRecoveryTest {
 protected:
  EngineReloadTest() {
    // An eval of a graph in the blob store beside a chain of tasks.
    const std::string bytes = graph::WriteGraphData(nested_);
    digest_ = Sha256(bytes);
    blobs_[digest_] = bytes;
    Sketch sketch;
    const auto eval = sketch.Eval(sketch.Const(BlobOf(bytes)));
    const auto first = sketch.Task("ada.add");
    const auto second = sketch.Task("ada.add", {{"a", first}});
    Connect(kLeft, {.slots = 4});
    EXPECT_TRUE(Submit(sketch.Returning({{"a", eval}, {"b", second}})).ok());
  }
  // A graph whose run fails by itself: it evaluates a number.
  static graph::Graph FailingGraph() {
    Sketch sketch;
    const auto eval = sketch.Eval(sketch.Const("42"));
    return sketch.Returning(eval);
  }

  graph::Graph nested_ = FailingGraph();
  Digest digest_;
};

TEST_F(EngineReloadTest, AGraphThatCameLateIsReplayedThoughMuchHappenedBefore) {
  Succeed(AttemptAt("-.N2"));
  Succeed(AttemptAt("-.N3"));
  Step(ValueLoaded{digest_, blobs_[digest_]});

  EXPECT_EQ(StatusOf(), model::WorkflowStatus::kFailed);
  EXPECT_EQ(CountOf<NodeFinished>(), 2u);
}

TEST_F(EngineReloadTest, AGraphThatCouldNotBeReadIsReplayedThoughItCanBeReadNow) {
  Step(ValueLoaded{digest_, absl::UnavailableError("the disk is away")});
  Succeed(AttemptAt("-.N2"));

  EXPECT_EQ(StatusOf(), model::WorkflowStatus::kFailed);
  EXPECT_THAT(FailureOf(), HasSubstr("the disk is away"));
}

TEST_F(EngineReloadTest, AGraphThatWasBeingReadWhenTheControllerDiedIsReadByTheNext) {
  const std::string bytes = blobs_[digest_];
  blobs_.erase(digest_);
  Restart();
  ASSERT_THAT(FreeEffects<LoadValue>(), SizeIs(1));
  EXPECT_EQ(FreeEffects<LoadValue>()[0].digest, digest_);
  EXPECT_EQ(FreeEffects<LoadValue>()[0].size_bytes, bytes.size());

  Step(ValueLoaded{digest_, bytes});
  blobs_[digest_] = bytes;
  Connect(kLeft);

  EXPECT_EQ(StatusOf(), model::WorkflowStatus::kFailed);
  EXPECT_THAT(FailureOf(), HasSubstr("the value is not a graph"));
}

TEST_F(EngineRecoveryTest, AReplayThatGetsPastAStorageFailureStillHasIt) {
  const std::string list = "[1, 2]";
  const std::string graph = graph::WriteGraphData(OneTask());
  blobs_ = {{Sha256(list), list}, {Sha256(graph), graph}};
  Connect(kLeft);
  Sketch sketch;
  graph::Value large = BlobOf(list);
  large.type_name = "list";
  const auto length = sketch.Task("builtins.tkr_len", {{"v", sketch.Const(std::move(large))}});
  const auto made = sketch.Eval(sketch.Const(BlobOf(graph)));
  const absl::Status submitted = Submit(sketch.Returning({{"length", length}, {"made", made}}));
  ASSERT_TRUE(submitted.ok()) << submitted;

  Step(ValueLoaded{Sha256(graph), graph});
  Succeed(AttemptAt("-.N3.N0"));
  Step(ValueLoaded{Sha256(list), absl::UnavailableError("the disk is away")});

  EXPECT_THAT(FailureOf(), HasSubstr("the disk is away"));

  // The replay reads the list on the way to the task.
  Restart();

  EXPECT_EQ(CountOf<WorkflowFailed>(), 1u);
  EXPECT_EQ(engine_->Explain(kFlow, std::nullopt)->reasons.size(), 1u) << "it has the failure";
}

TEST_F(EngineRecoveryTest, AReplayThatGetsPastAStorageFailureStartsNothingForIt) {
  const std::string list = "[1, 2]";
  const std::string graph = graph::WriteGraphData(OneTask());
  blobs_ = {{Sha256(list), list}, {Sha256(graph), graph}};
  Connect(kLeft, {.slots = 2});
  Sketch sketch;
  graph::Value large = BlobOf(list);
  large.type_name = "list";
  const auto length = sketch.Task("builtins.tkr_len", {{"v", sketch.Const(std::move(large))}});
  const auto made = sketch.Eval(sketch.Const(BlobOf(graph)));
  const auto slow = sketch.Task("ada.times");
  const auto after = sketch.Task("ada.times", {{"a", length}});
  ASSERT_TRUE(Submit(sketch.Returning({{"a", made}, {"b", slow}, {"c", after}})).ok());
  Step(ValueLoaded{Sha256(graph), graph});
  Succeed(AttemptAt("-.N3.N0"));
  Step(ValueLoaded{Sha256(list), absl::UnavailableError("the disk is away")});

  Restart();
  const AssignAttempt held = AttemptAt("-.N4");
  const SessionId session = Connect(kLeft, {.slots = 2, .held = {HeldOf(held)}});
  EXPECT_FALSE(IsAssigned("-.N5"));
  Send(session, held.attempt, OutputsOf(held));

  EXPECT_THAT(FailureOf(), HasSubstr("the disk is away"));
}

}  // namespace
}  // namespace orrery::engine
