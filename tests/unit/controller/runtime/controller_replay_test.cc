// A controller that opens what another one left.
#include "model/workflow.h"
#include "tests/unit/controller/runtime/controller_fixture.h"

namespace orrery::runtime {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::NotNull;
using ::testing::SizeIs;

class ControllerReplayTest : public ControllerFixture {
 protected:
  void SetUp() override { StartAndSync(); }
  void Restart() {
    Crash();
    const absl::Status status = controller_->Start();
    ASSERT_TRUE(status.ok()) << status;
    FlushAndSync();
  }
  // Evaluates a graph in the blob store.
  graph::Graph EvalOf(const graph::Graph& nested) {
    const std::string bytes = graph::WriteGraphData(nested);
    blobs_.Put(bytes);
    engine::Sketch sketch;
    const auto eval = sketch.Eval(sketch.Const(engine::BlobOf(bytes)));
    return sketch.Returning(eval);
  }
  static graph::Graph ConstantGraph() {
    engine::Sketch sketch;
    const auto seven = sketch.Const("7");
    return sketch.Returning(seven);
  }
};

TEST_F(ControllerReplayTest, WhatWasDurableIsThereAgain) {
  Connect();
  Submit(engine::OneTask());
  Succeed(Assigned().at(0));
  FlushAndSync();
  const absl::Time settled_at = *controller_->views().Find(kFlow)->settled_at;
  clock_.Advance(absl::Hours(1));

  Restart();

  EXPECT_EQ(controller_->epoch(), 2u);
  EXPECT_EQ(StatusOf(), model::WorkflowStatus::kSucceeded);
  EXPECT_EQ(controller_->views().Find(kFlow)->settled_at, settled_at);
  EXPECT_EQ(controller_->views().Find(kFlow)->outputs.at(0).value->bytes(), "1");
  EXPECT_EQ(controller_->views().Find(kFlow)->nodes.finished, 1u);
}

TEST_F(ControllerReplayTest, WhatWasNotDurableNeverHappened) {
  const auto answer = Submit(engine::OneTask());
  controller_->Flush();

  Restart();

  EXPECT_FALSE(answer->has_value());
  EXPECT_EQ(controller_->views().Find(kFlow), nullptr);
}

TEST_F(ControllerReplayTest, NothingIsSentToAnybodyByAReplay) {
  Connect();
  Submit(engine::OneTask());
  FlushAndSync();
  Succeed(Assigned().at(0));
  FlushAndSync();

  Restart();

  EXPECT_THAT(Assigned(), IsEmpty());
  EXPECT_THAT(Acknowledged(), IsEmpty());
  EXPECT_THAT(transport_->Sent<WelcomeWorker>(), IsEmpty());
}

TEST_F(ControllerReplayTest, TheCheckpointTreeIsShownAllAgain) {
  Connect();
  Submit(engine::OneTask());
  Succeed(Assigned().at(0));
  FlushAndSync();
  const std::size_t frames = sink_->CountOf<engine::FrameOpened>();
  const std::size_t settled = sink_->CountOf<engine::NodeSettled>();

  Restart();

  EXPECT_EQ(sink_->CountOf<engine::WorkflowStarted>(), 1u);
  EXPECT_EQ(sink_->CountOf<engine::FrameOpened>(), frames);
  EXPECT_EQ(sink_->CountOf<engine::NodeSettled>(), settled);
  EXPECT_EQ(sink_->CountOf<engine::WorkflowSettled>(), 1u);
}

TEST_F(ControllerReplayTest, WhatTheCheckpointTreeHasIsNotShownAgain) {
  Connect();
  Submit(engine::OneTask());
  FlushAndSync();
  const journal::Lsn submitted = journal_.durable_lsn();
  Succeed(Assigned().at(0));
  FlushAndSync();

  Crash();
  sink_->SetShownUpTo(submitted);
  ASSERT_TRUE(controller_->Start().ok());

  EXPECT_EQ(sink_->CountOf<engine::WorkflowStarted>(), 0u);
  EXPECT_EQ(sink_->CountOf<engine::WorkflowSettled>(), 1u);
  EXPECT_EQ(StatusOf(), model::WorkflowStatus::kSucceeded) << "the views begin anew";
}

TEST_F(ControllerReplayTest, TimeDoesNotGoBackOverARestart) {
  Submit(engine::OneTask());
  FlushAndSync();
  const absl::Time submitted_at = controller_->views().Find(kFlow)->submitted_at;
  clock_.Advance(-absl::Hours(1));

  Restart();
  Cancel();
  FlushAndSync();

  EXPECT_EQ(controller_->views().Find(kFlow)->settled_at, submitted_at);
}

TEST_F(ControllerReplayTest, AGraphThatWasReadIsReadAgainBeforeTheNextRecord) {
  Connect();
  Submit(EvalOf(engine::Chain(2)));
  blobs_.Answer();
  Succeed(Assigned().at(0));
  FlushAndSync();

  Restart();

  EXPECT_EQ(blobs_.Answer(), 0u);
  EXPECT_EQ(controller_->views().Find(kFlow)->nodes,
            (model::NodeCounts{.ready = 1, .finished = 1}));
}

// It began before it ended, also for those who only see the replay.
TEST_F(ControllerReplayTest, AWorkflowThatEndsByWhatAGraphSaysIsShownAsEnded) {
  Submit(EvalOf(ConstantGraph()));
  blobs_.Answer();
  FlushAndSync();
  ASSERT_EQ(StatusOf(), model::WorkflowStatus::kSucceeded);

  Restart();
  // No record needs what the value led to, so it is read like any other.
  EXPECT_EQ(StatusOf(), model::WorkflowStatus::kRunning);
  EXPECT_EQ(blobs_.Answer(), 1u);
  FlushAndSync();

  EXPECT_EQ(StatusOf(), model::WorkflowStatus::kSucceeded);
  ASSERT_FALSE(sink_->shown().empty());
  EXPECT_TRUE(std::holds_alternative<engine::WorkflowStarted>(sink_->shown().front()));
  EXPECT_TRUE(std::holds_alternative<engine::WorkflowSettled>(sink_->shown().back()));
}

TEST_F(ControllerReplayTest, WhatAnEarlierLifeHasShownIsNotShownAgain) {
  Submit(ConstantGraph());
  FlushAndSync();
  const journal::Lsn lsn = journal_.durable_lsn();

  Crash();
  sink_->SetShownUpTo(lsn);
  ASSERT_TRUE(controller_->Start().ok());
  FlushAndSync();

  EXPECT_TRUE(sink_->shown().empty());
  EXPECT_EQ(StatusOf(), model::WorkflowStatus::kSucceeded);
}

// The events of a workflow's end are not all shown yet, only those gated by earlier records.
TEST_F(ControllerReplayTest, TheSinkIsToldHowFarItHasCome) {
  const journal::Lsn before = journal_.durable_lsn();

  Submit(ConstantGraph());
  FlushAndSync();

  EXPECT_EQ(sink_->told_lsn(), before);
  EXPECT_GT(journal_.durable_lsn(), before);
}

TEST_F(ControllerReplayTest, AGraphThatIsNoneFailsTheSameWayAgain) {
  const std::string bytes = "this is no graph";
  blobs_.Put(bytes);
  engine::Sketch sketch;
  const auto eval = sketch.Eval(sketch.Const(engine::BlobOf(bytes)));
  Submit(sketch.Returning(eval));
  blobs_.Answer();
  FlushAndSync();
  ASSERT_EQ(StatusOf(), model::WorkflowStatus::kFailed);

  Restart();

  EXPECT_EQ(StatusOf(), model::WorkflowStatus::kFailed);
  EXPECT_TRUE(controller_->views().Find(kFlow)->failure.has_value());
}

TEST_F(ControllerReplayTest, AGraphThatCouldNotBeReadThenFailsThoughItCanBeReadNow) {
  const graph::Graph graph = EvalOf(engine::OneTask());
  const std::string bytes = graph::WriteGraphData(engine::OneTask());
  blobs_.Remove(bytes);
  Submit(graph);
  blobs_.Answer();
  FlushAndSync();
  ASSERT_EQ(StatusOf(), model::WorkflowStatus::kFailed);

  blobs_.Put(bytes);
  Restart();

  EXPECT_EQ(StatusOf(), model::WorkflowStatus::kFailed);
}

TEST_F(ControllerReplayTest, AGraphThatCannotBeReadInTheReplayIsAskedForAgain) {
  Submit(EvalOf(ConstantGraph()));
  FlushAndSync();
  const std::string bytes = graph::WriteGraphData(ConstantGraph());
  blobs_.Remove(bytes);
  Restart();
  EXPECT_EQ(StatusOf(), model::WorkflowStatus::kRunning);

  blobs_.Put(bytes);
  EXPECT_EQ(blobs_.Answer(), 1u);
  FlushAndSync();

  EXPECT_EQ(StatusOf(), model::WorkflowStatus::kSucceeded);
}

TEST_F(ControllerReplayTest, AJournalThatDoesNotFollowIsDataLoss) {
  controller_.reset();
  journal_.SetListener({});
  journal_.Append({{clock_.Now(), engine::ControllerStarted{.epoch = 1}}});
  journal_.Sync();
  Crash();

  const absl::Status status = controller_->Start();

  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(status.message()), HasSubstr("record 2 of the journal"));
}

TEST_F(ControllerReplayTest, AnIdStaysTakenOverARestart) {
  Submit(engine::OneTask());
  FlushAndSync();
  Restart();

  const auto same = Submit(engine::OneTask());
  const auto other = Submit(engine::OneTask("ada.times"));
  controller_->Flush();

  ASSERT_TRUE(same->has_value());
  EXPECT_TRUE((**same)->already_submitted);
  ASSERT_TRUE(other->has_value());
  EXPECT_EQ((*other)->status().code(), absl::StatusCode::kAlreadyExists);
}

TEST_F(ControllerReplayTest, ACrashBeforeTheNewEpochWasDurableBeginsItAnew) {
  Crash();
  ASSERT_TRUE(controller_->Start().ok());
  EXPECT_EQ(controller_->epoch(), 2u);
  controller_->Flush();

  Restart();

  EXPECT_EQ(controller_->epoch(), 2u);
}

}  // namespace
}  // namespace orrery::runtime
