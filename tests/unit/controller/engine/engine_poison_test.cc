// A workflow on which the controller has died too often is held: the others continue.
#include <algorithm>
#include <map>
#include <utility>

#include "controller/engine/reuse/history.h"
#include "tests/unit/controller/engine/engine_fixture.h"

namespace orrery::engine {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Listing : public WorkMark {
 public:
  std::vector<std::pair<WorkflowNumber, Uuid>> entered;
  std::size_t left = 0;

 private:
  void Begin(WorkflowNumber number, const Uuid& id) override { entered.emplace_back(number, id); }
  void End() override { ++left; }
};

class EnginePoisonTest : public EngineFixture {
 protected:
  // A restart of the controller that holds the workflows.
  void RestartHolding(std::map<Uuid, WorkflowNumber> held) {
    engine_ = std::make_unique<Engine>(settings_, Poison{.held = std::move(held)});
    ReplayInto(*engine_, records_.size());
    Start();
    is_held_ = true;
  }
  absl::Status Resume() {
    Step(RerunWorkflow{.request = RequestId(2000), .source = kFlow, .id = kFlow});
    for (const LoadHistory& wanted : Effects<LoadHistory>()) {
      auto history = std::make_shared<History>();
      for (const Record& record : records_) Collect(record, wanted.number, *history);
      Step(HistoryLoaded{wanted.number, std::move(history)});
    }
    return Effects<AnswerRequest>().at(0).status;
  }
  void TearDown() override {
    // The plain replay of the base derives what is held here.
    if (!is_held_) EngineFixture::TearDown();
  }

  bool is_held_ = false;
};

TEST_F(EnginePoisonTest, AllWorkForAWorkflowIsMarked) {
  Listing mark;
  engine_ = std::make_unique<Engine>(settings_, Poison{.mark = &mark});
  Start();
  const std::size_t before = mark.entered.size();
  Connect(kLeft);
  ASSERT_TRUE(Submit(Chain(3)).ok());
  SucceedAll();

  const std::vector<std::pair<WorkflowNumber, Uuid>> entered(
      mark.entered.begin() + static_cast<std::ptrdiff_t>(before), mark.entered.end());
  EXPECT_GE(entered.size(), 5u) << "the check, the submission, and three outcomes";
  EXPECT_THAT(entered, Each(std::pair(WorkflowNumber(1), kFlow)));
  EXPECT_EQ(mark.left, mark.entered.size());
}

TEST_F(EnginePoisonTest, NothingOfAHeldWorkflowIsDerivedAndOthersContinue) {
  Start();
  const SessionId left = Connect(kLeft);
  ASSERT_TRUE(Submit(Chain(3)).ok());
  ASSERT_TRUE(Submit(Chain(3), {}, kOtherFlow).ok());
  Succeed(AttemptAt("-.N0"));
  Step(SessionLost{left});
  assigned_.clear();

  RestartHolding({{kFlow, WorkflowNumber(1)}});

  EXPECT_THAT(engine_->HeldWorkflows(), ElementsAre(kFlow));
  EXPECT_THAT(engine_->WaitingFor(kFlow), ElementsAre(HasSubstr("it is held: the controller has")));
  const auto explanation = engine_->Explain(kFlow, std::nullopt);
  ASSERT_TRUE(explanation.ok());
  EXPECT_THAT(explanation->nodes, IsEmpty());
  Elapse(settings_.reconnect_grace);
  Connect(kRight);
  SucceedAll();
  EXPECT_EQ(StatusOf(kOtherFlow), model::WorkflowStatus::kSucceeded);
  EXPECT_EQ(StatusOf(kFlow), model::WorkflowStatus::kRunning);
  EXPECT_FALSE(engine_->NextDeadline().has_value());
}

TEST_F(EnginePoisonTest, AWorkflowThatWasNeverRecordedIsRefusedAndItsNumberIsGivenAgain) {
  engine_ = std::make_unique<Engine>(settings_, Poison{.held = {{kOtherFlow, WorkflowNumber(1)}}});
  Step(ControllerStart{});
  Connect(kLeft);

  const absl::Status refused = Submit(OneTask(), {}, kOtherFlow);
  EXPECT_EQ(refused.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(refused.message()), HasSubstr("has died more than once"));
  ASSERT_TRUE(Submit(OneTask()).ok());
  EXPECT_EQ(engine_->FindNumber(kFlow), WorkflowNumber(1));
  Succeed(AttemptAt("-.N0"), "4");
  EXPECT_EQ(OutputOf(), "4");

  RestartHolding({{kOtherFlow, WorkflowNumber(1)}});

  EXPECT_EQ(StatusOf(), model::WorkflowStatus::kSucceeded) << "it has the number, not the blame";
  EXPECT_FALSE(Submit(OneTask(), {}, kOtherFlow).ok());
}

TEST_F(EnginePoisonTest, ARerunThatWasNeverRecordedIsRefused) {
  Start();
  Connect(kLeft);
  ASSERT_TRUE(Submit(OneTask()).ok());
  Fail(AttemptAt("-.N0"));

  RestartHolding({{kFlow, WorkflowNumber(2)}});

  EXPECT_EQ(StatusOf(), model::WorkflowStatus::kFailed);
  EXPECT_THAT(engine_->HeldWorkflows(), IsEmpty());
  EXPECT_EQ(Resume().code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(EnginePoisonTest, AHeldWorkflowCanBeResumedAgainAndAgain) {
  Start();
  Connect(kLeft);
  ASSERT_TRUE(Submit(Chain(2)).ok());
  RestartHolding({{kFlow, WorkflowNumber(1)}});
  Connect(kRight);
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(Resume().ok());
    ASSERT_THAT(engine_->HeldWorkflows(), IsEmpty());
    Elapse(settings_.reuse_uncancelled);
    ASSERT_TRUE(Cancel().ok());
  }
}

TEST_F(EnginePoisonTest, AHeldWorkflowCanBeCancelled) {
  Start();
  ASSERT_TRUE(Submit(Chain(3)).ok());
  RestartHolding({{kFlow, WorkflowNumber(1)}});

  EXPECT_THAT(std::string(Pause(/*is_paused=*/false).message()), HasSubstr("orrery resume"));
  EXPECT_TRUE(Cancel().ok());

  EXPECT_EQ(StatusOf(), model::WorkflowStatus::kCancelled);
  RestartHolding({{kFlow, WorkflowNumber(1)}});
  EXPECT_THAT(engine_->HeldWorkflows(), IsEmpty()) << "it has settled";
}

TEST_F(EnginePoisonTest, ACancellationOfWhatHasSucceededIsNoDamage) {
  Start();
  Connect(kLeft);
  ASSERT_TRUE(Submit(OneTask()).ok());
  SucceedAll();
  // As `orreryd cancel` writes it, which cannot know of an end that was derived.
  records_.push_back({now_, WorkflowCancelled{.number = WorkflowNumber(1), .reason = "orreryd"}});

  Restart();

  EXPECT_EQ(engine_->Explain(kFlow, std::nullopt)->status, model::WorkflowStatus::kRunning)
      << "the engine leaves it to the views";
  is_held_ = true;
}

TEST_F(EnginePoisonTest, AHeldWorkflowMayHaveFailedOrBeDeleted) {
  Start();
  Connect(kLeft);
  ASSERT_TRUE(Submit(OneTask()).ok());
  Fail(AttemptAt("-.N0"));
  ASSERT_EQ(StatusOf(), model::WorkflowStatus::kFailed);
  ASSERT_TRUE(Submit(OneTask(), {}, kOtherFlow).ok());
  Succeed(AttemptAt("-.N0", kOtherFlow));
  Step(DeleteWorkflows{.request = RequestId(1000), .workflows = {WorkflowNumber(2)}});

  RestartHolding({{kFlow, WorkflowNumber(1)}, {kOtherFlow, WorkflowNumber(2)}});

  EXPECT_THAT(engine_->HeldWorkflows(), IsEmpty());
  EXPECT_FALSE(engine_->FindNumber(kOtherFlow).has_value());
  EXPECT_TRUE(engine_->FindNumber(kFlow).has_value());
}

}  // namespace
}  // namespace orrery::engine
