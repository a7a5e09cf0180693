// "Why does it not go on?" always has an answer.
#include "model/worker.h"
#include "tests/unit/controller/engine/engine_fixture.h"

namespace orrery::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class EngineQueryTest : public EngineFixture {
 protected:
  EngineQueryTest() {
    Reset({.prefetch = 0});
    Start();
  }
  std::vector<std::string> WaitingFor(const Uuid& id = kFlow) const {
    return engine_->WaitingFor(id);
  }
};

TEST_F(EngineQueryTest, AWorkflowThatIsUnknownWaitsForNothing) {
  EXPECT_THAT(WaitingFor(), IsEmpty());
}

TEST_F(EngineQueryTest, AWorkflowThatGoesOnWaitsForNothing) {
  Connect(kLeft);
  ASSERT_TRUE(Submit(OneTask()).ok());

  EXPECT_THAT(WaitingFor(), IsEmpty());
  Succeed(AttemptAt("-.N0"));
  EXPECT_THAT(WaitingFor(), IsEmpty());
}

TEST_F(EngineQueryTest, NoWorkerOfTheName) {
  ASSERT_TRUE(Submit(Fan(2)).ok());

  EXPECT_THAT(WaitingFor(),
              ElementsAre("2 nodes wait for task ada.add: no worker named ada is connected"));
}

TEST_F(EngineQueryTest, NoWorkerOfThePool) {
  Step(PoolAnnounced{"left-hand", AdaCatalog()});
  ASSERT_TRUE(Submit(Fan(2)).ok());

  EXPECT_THAT(
      WaitingFor(),
      ElementsAre("2 nodes wait for task ada.add: no worker of pool left-hand is connected yet"));
}

TEST_F(EngineQueryTest, OneNodeIsNotManyNodes) {
  ASSERT_TRUE(Submit(OneTask()).ok());

  EXPECT_THAT(WaitingFor(),
              ElementsAre("1 node waits for task ada.add: no worker named ada is connected"));
}

TEST_F(EngineQueryTest, AWorkerThatDoesNotOfferTheTask) {
  Connect(kLeft);
  ASSERT_TRUE(Submit(OneTask("ada.divide")).ok());

  EXPECT_THAT(WaitingFor(),
              ElementsAre("1 node waits for task ada.divide: worker ada is connected but does not "
                          "offer it"));
}

TEST_F(EngineQueryTest, NoFreeSlot) {
  Connect(kLeft);
  ASSERT_TRUE(Submit(Fan(3)).ok());

  EXPECT_THAT(WaitingFor(),
              ElementsAre("2 nodes wait for a free slot at a worker that offers ada.add"));
}

TEST_F(EngineQueryTest, OfManyWorkersSomeAreDescribed) {
  constexpr std::uint64_t kWorkers = 20;
  for (std::uint64_t i = 1; i <= kWorkers; ++i) Connect(Uuid::FromInteger(1000 + i));
  ASSERT_TRUE(Submit(Fan(kWorkers + 1)).ok());

  const auto explanation = engine_->Explain(kFlow, graph::Location());

  const auto queued =
      std::ranges::find(explanation->nodes, "ready", &model::NodeExplanation::state);
  ASSERT_NE(queued, explanation->nodes.end());
  EXPECT_THAT(queued->reasons, SizeIs(1 + 8 + 1));
  EXPECT_THAT(queued->reasons.back(), HasSubstr("other workers offer it"));
}

TEST_F(EngineQueryTest, OfManyOpenNodesSomeAreExplained) {
  ASSERT_TRUE(Submit(Fan(kExplainedNodes.max)).ok());
  ASSERT_TRUE(Submit(Fan(kExplainedNodes.max + 1), {}, kOtherFlow).ok());

  const auto all = engine_->Explain(kFlow, std::nullopt);
  EXPECT_THAT(all->nodes, SizeIs(kExplainedNodes.max));
  EXPECT_FALSE(all->has_more);
  const auto some = engine_->Explain(kOtherFlow, std::nullopt);
  EXPECT_THAT(some->nodes, SizeIs(kExplainedNodes.max));
  EXPECT_TRUE(some->has_more);
}

TEST_F(EngineQueryTest, EachTaskHasItsReason) {
  Connect(kLeft);
  Sketch sketch;
  const auto left = sketch.Task("ada.divide");
  const auto right = sketch.Task("bob.paint");
  ASSERT_TRUE(Submit(sketch.Returning({{"l", left}, {"r", right}})).ok());

  EXPECT_THAT(WaitingFor(), ElementsAre(HasSubstr("ada.divide"), HasSubstr("bob.paint")));
}

TEST_F(EngineQueryTest, ReasonsAreThoseOfTheWorkflowOnly) {
  Connect(kLeft);
  ASSERT_TRUE(Submit(OneTask()).ok());
  ASSERT_TRUE(Submit(OneTask("bob.paint"), {}, kOtherFlow).ok());

  EXPECT_THAT(WaitingFor(), IsEmpty());
  EXPECT_THAT(WaitingFor(kOtherFlow), SizeIs(1));
}

TEST_F(EngineQueryTest, AValueThatIsBeingRead) {
  const std::string bytes = graph::WriteGraphData(OneTask());
  blobs_[Sha256(bytes)] = bytes;
  Sketch sketch;
  const auto eval = sketch.Eval(sketch.Const(BlobOf(bytes)));
  ASSERT_TRUE(Submit(sketch.Returning(eval)).ok());

  EXPECT_THAT(WaitingFor(), ElementsAre("1 node waits for value " + Sha256(bytes).ToHex()));
  AnswerLoads();
}

TEST_F(EngineQueryTest, WorkersFromBeforeARestart) {
  Connect(kLeft);
  ASSERT_TRUE(Submit(Fan(2)).ok());
  Restart();

  EXPECT_THAT(WaitingFor(),
              ElementsAre("2 nodes wait until 2023-11-14T22:13:50.000Z for 1 worker that was "
                          "connected before the controller restarted and may hold them"));
}

TEST_F(EngineQueryTest, WorkersAreShownAsTheyAre) {
  const SessionId left = Connect(kLeft, {.slots = 3});
  Connect(kRight);
  ASSERT_TRUE(Submit(Fan(3)).ok());
  Step(SessionLost{left});

  const std::vector<model::WorkerInfo> workers = engine_->Workers();

  ASSERT_THAT(workers, SizeIs(2));
  EXPECT_EQ(workers[0].description.instance, kLeft);
  EXPECT_EQ(workers[0].state, model::WorkerState::kLost);
  EXPECT_EQ(workers[0].description.slots, 3u);
  EXPECT_EQ(workers[0].attempts, 2u);
  EXPECT_EQ(workers[0].description.name(), "ada");
  EXPECT_EQ(workers[1].state, model::WorkerState::kConnected);
  EXPECT_EQ(workers[1].connected_at, now_);
}

TEST_F(EngineQueryTest, TheNextDeadlineIsTheFirstGraceToEnd) {
  const SessionId left = Connect(kLeft);
  const SessionId right = Connect(kRight);
  ASSERT_TRUE(Submit(Fan(2)).ok());
  EXPECT_EQ(engine_->NextDeadline(), std::nullopt);

  Step(SessionLost{left});
  Advance(absl::Seconds(5));
  Step(SessionLost{right});

  EXPECT_EQ(engine_->NextDeadline(), now_ - absl::Seconds(5) + settings_.reconnect_grace);
}

}  // namespace
}  // namespace orrery::engine
