// Finished workflows that are kept no longer, and what the store is needed for.
#include "model/garbage.h"
#include "model/workflow.h"
#include "tests/unit/controller/engine/engine_fixture.h"

namespace orrery::engine {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class EngineRetentionTest : public EngineFixture {
 protected:
  static Uuid IdOf(int workflow) { return Uuid::FromInteger(100 + workflow); }

  void Begin(const model::Retention& retention) {
    Reset({.prefetch = 0, .retention = retention});
    Start();
    Connect(kLeft, {.slots = 100});
  }
  // Submits it and lets it succeed, now.
  void Finish(int workflow) {
    ASSERT_TRUE(Submit(OneTask(), {}, IdOf(workflow)).ok());
    Succeed(AttemptAt("-.N0", IdOf(workflow)));
    ASSERT_EQ(StatusOf(IdOf(workflow)), model::WorkflowStatus::kSucceeded);
  }
  bool IsKnown(int workflow) const { return engine_->FindNumber(IdOf(workflow)).has_value(); }
  // Asked to go on from where it is, as another workflow; its history is not there yet.
  void AskForRerun(int source, int workflow) {
    Step(RerunWorkflow{.request = RequestId(999), .source = IdOf(source), .id = IdOf(workflow)});
  }
  void AnswerHistory(int number) {
    auto history = std::make_shared<History>();
    for (const Record& record : records_) Collect(record, WorkflowNumber(number), *history);
    Step(HistoryLoaded{WorkflowNumber(number), std::shared_ptr<const History>(std::move(history))});
  }
};

TEST_F(EngineRetentionTest, WithoutALimitAllAreKept) {
  Begin({});
  Finish(1);

  EXPECT_EQ(engine_->NextDeadline(), std::nullopt);
}

TEST_F(EngineRetentionTest, AFinishedWorkflowIsDeletedWhenItIsTooOld) {
  Begin({.age_max = absl::Hours(1)});
  Finish(1);
  Elapse(absl::Minutes(59));
  ASSERT_TRUE(IsKnown(1));

  Elapse(absl::Minutes(1));

  EXPECT_FALSE(IsKnown(1));
  EXPECT_THAT(Records<WorkflowDeleted>(), ::testing::SizeIs(1));
  ASSERT_THAT(GatedEffects<WorkflowRemoved>(), ::testing::SizeIs(1));
  EXPECT_THAT(FreeEffects<WorkflowRemoved>(), IsEmpty()) << "it may not be durable yet";
}

TEST_F(EngineRetentionTest, ARunningWorkflowIsKeptHoweverOld) {
  Begin({.age_max = absl::Hours(1)});
  ASSERT_TRUE(Submit(OneTask(), {}, IdOf(1)).ok());

  Elapse(absl::Hours(1000));

  EXPECT_TRUE(IsKnown(1));
  EXPECT_EQ(CountOf<WorkflowDeleted>(), 0u);
}

TEST_F(EngineRetentionTest, OfTooManyTheOldestIsDeleted) {
  Begin({.count_max = 2});
  Finish(1);
  Finish(2);
  ASSERT_TRUE(IsKnown(1));

  Finish(3);

  EXPECT_FALSE(IsKnown(1));
  EXPECT_TRUE(IsKnown(2));
  EXPECT_TRUE(IsKnown(3));
}

TEST_F(EngineRetentionTest, CancelledAndFailedOnesCountAsFinished) {
  Begin({.count_max = 0});
  ASSERT_TRUE(Submit(OneTask(), {}, IdOf(1)).ok());
  ASSERT_TRUE(Submit(OneTask(), {}, IdOf(2)).ok());

  ASSERT_TRUE(Cancel(IdOf(1)).ok());
  Fail(AttemptAt("-.N0", IdOf(2)));

  EXPECT_FALSE(IsKnown(1));
  EXPECT_FALSE(IsKnown(2));
}

TEST_F(EngineRetentionTest, AgeIsCountedOnOverARestart) {
  Begin({.age_max = absl::Hours(1)});
  Finish(1);
  Advance(absl::Minutes(40));
  Restart();
  EXPECT_TRUE(IsKnown(1));

  Elapse(absl::Minutes(20));

  EXPECT_FALSE(IsKnown(1));
}

// Where a clock is set back, `now` stands still until it has caught up.
TEST_F(EngineRetentionTest, NothingIsDeletedWhileTheClockStands) {
  Begin({.age_max = absl::Hours(1)});
  Finish(1);

  for (int i = 0; i < 10; ++i) Step(Tick{});

  EXPECT_TRUE(IsKnown(1));
}

TEST_F(EngineRetentionTest, ManyAreDeletedInSeveralSteps) {
  Reset({.prefetch = 0, .retention = {.age_max = absl::Hours(1)}, .deleted_per_step = {.max = 2}});
  Start();
  Connect(kLeft, {.slots = 100});
  for (int i = 1; i <= 5; ++i) Finish(i);
  Advance(absl::Hours(2));

  Step(Tick{});
  EXPECT_THAT(Records<WorkflowDeleted>(), ::testing::SizeIs(2));
  EXPECT_LE(engine_->NextDeadline(), now_);
  Elapse(absl::ZeroDuration());

  EXPECT_EQ(CountOf<WorkflowDeleted>(), 5u);
}

TEST_F(EngineRetentionTest, AWorkflowWhoseHistoryIsBeingReadIsKept) {
  Begin({.age_max = absl::Hours(1)});
  Finish(1);
  AskForRerun(1, 2);
  Elapse(absl::Hours(2));
  ASSERT_TRUE(IsKnown(1)) << "another run is about to take over from it";
  EXPECT_THAT(engine_->FindRoots().sources, ElementsAre(WorkflowNumber(1)));

  AnswerHistory(1);
  Elapse(absl::ZeroDuration());

  EXPECT_EQ(StatusOf(IdOf(2)), model::WorkflowStatus::kSucceeded) << "all of it was taken over";
  EXPECT_FALSE(IsKnown(1));
  EXPECT_TRUE(IsKnown(2));
  EXPECT_THAT(engine_->FindRoots().sources, IsEmpty());
}

TEST_F(EngineRetentionTest, ASourceIsKeptUntilItHasBeenReadAgainAfterARestart) {
  Begin({.age_max = absl::Hours(1)});
  Finish(1);
  AskForRerun(1, 2);
  Advance(absl::Minutes(50));
  AnswerHistory(1);
  // The controller died before anything was taken over.
  const auto submitted = std::ranges::find_if(records_, [](const Record& record) {
    const auto* body = std::get_if<WorkflowSubmitted>(&record.body);
    return body != nullptr && body->reuse.has_value();
  });
  Restart(submitted - records_.begin() + 1);
  Elapse(absl::Hours(3));
  ASSERT_TRUE(IsKnown(1));

  AnswerHistory(1);
  Elapse(absl::ZeroDuration());

  EXPECT_FALSE(IsKnown(1));
}

TEST_F(EngineRetentionTest, ARequestNamesTheWorkflowsToDelete) {
  Begin({});
  Finish(1);
  ASSERT_TRUE(Submit(OneTask(), {}, IdOf(2)).ok());

  Step(DeleteWorkflows{.request = RequestId(7),
                       .workflows = {WorkflowNumber(1), WorkflowNumber(2), WorkflowNumber(9)}});

  EXPECT_FALSE(IsKnown(1));
  EXPECT_TRUE(IsKnown(2)) << "it runs";
  ASSERT_THAT(GatedEffects<AnswerRequest>(), ::testing::SizeIs(1));
  EXPECT_TRUE(GatedEffects<AnswerRequest>().front().status.ok());
}

TEST_F(EngineRetentionTest, WhoAsksWhatIsExpiredChangesNothing) {
  Begin({});
  Finish(1);
  Advance(absl::Hours(2));

  EXPECT_THAT(engine_->FindExpired(now_, {.age_max = absl::Hours(2)}),
              ElementsAre(WorkflowNumber(1)));
  EXPECT_THAT(engine_->FindExpired(now_, {.age_max = absl::Hours(3)}), IsEmpty());
  EXPECT_TRUE(IsKnown(1));
}

TEST_F(EngineRetentionTest, DerivedBlobsAreNeededUntilTheirWorkflowIsDeleted) {
  Begin({.age_max = absl::Hours(1)});
  Sketch sketch;
  const graph::PortRef text = sketch.Const("\"" + std::string(50'000, 'x') + "\"");
  const graph::PortRef both = sketch.Task("builtins.concat", {{"lhs", text}, {"rhs", text}},
                                          std::string(graph::kValuePort));
  ASSERT_TRUE(Submit(sketch.Returning(both), {}, IdOf(1)).ok());
  const std::vector<StoreValue> stored = FreeEffects<StoreValue>();
  ASSERT_THAT(stored, ::testing::SizeIs(1));
  AnswerStores();

  EXPECT_THAT(engine_->FindRoots().derived, Contains(stored.front().digest));
  Elapse(absl::Hours(2));
  EXPECT_FALSE(IsKnown(1));
  EXPECT_THAT(engine_->FindRoots().derived, IsEmpty());
}

// --- What a compaction leaves of a journal ---

TEST_F(EngineRetentionTest, NumbersOfDeletedWorkflowsAreNotUsedAgain) {
  Begin({});
  Finish(1);
  Finish(2);
  const Record deleted{now_, WorkflowDeleted{WorkflowNumber(2)}};
  std::erase_if(records_, [](const Record& record) {
    const auto* submitted = std::get_if<WorkflowSubmitted>(&record.body);
    const auto* finished = std::get_if<NodeFinished>(&record.body);
    return (submitted != nullptr && submitted->number == WorkflowNumber(2)) ||
           (finished != nullptr && finished->node.workflow == WorkflowNumber(2));
  });
  records_.push_back(deleted);
  Restart();

  ASSERT_TRUE(Submit(OneTask(), {}, IdOf(3)).ok());

  EXPECT_EQ(Records<WorkflowSubmitted>().front().number, WorkflowNumber(3));
}

TEST_F(EngineRetentionTest, WorkflowsAndEpochsBetweenMayBeMissing) {
  Begin({});
  Finish(1);
  Finish(2);
  std::erase_if(records_, [](const Record& record) {
    const auto* submitted = std::get_if<WorkflowSubmitted>(&record.body);
    const auto* finished = std::get_if<NodeFinished>(&record.body);
    return (submitted != nullptr && submitted->number == WorkflowNumber(1)) ||
           (finished != nullptr && finished->node.workflow == WorkflowNumber(1));
  });
  records_.push_back({now_, ControllerStarted{.epoch = 1000}});
  Restart();

  EXPECT_FALSE(IsKnown(1));
  EXPECT_TRUE(IsKnown(2));
  EXPECT_EQ(engine_->epoch(), 1001u);
}

}  // namespace
}  // namespace orrery::engine
