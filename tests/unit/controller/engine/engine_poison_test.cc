// A workflow on which the controller has died too often is held: the others continue.
#include <algorithm>

#include "tests/unit/controller/engine/engine_fixture.h"

namespace orrery::engine {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Listing : public WorkMark {
 public:
  void Enter(WorkflowNumber workflow) override { entered.push_back(workflow); }
  void Leave() override { ++left; }

  std::vector<WorkflowNumber> entered;
  std::size_t left = 0;
};

class EnginePoisonTest : public EngineFixture {
 protected:
  // A restart of the controller that holds the workflows.
  void RestartHolding(std::set<WorkflowNumber> held) {
    engine_ = std::make_unique<Engine>(settings_, Poison{.held = std::move(held), .mark = nullptr});
    ReplayInto(*engine_, records_.size());
    Start();
    is_held_ = true;
  }
  void TearDown() override {
    // The plain replay of the base derives what is held here.
    if (!is_held_) EngineFixture::TearDown();
  }

  bool is_held_ = false;
};

TEST_F(EnginePoisonTest, AllWorkForAWorkflowIsMarked) {
  Listing mark;
  engine_ = std::make_unique<Engine>(settings_, Poison{.held = {}, .mark = &mark});
  Start();
  const std::size_t before = mark.entered.size();
  Connect(kLeft);
  ASSERT_TRUE(Submit(Chain(3)).ok());
  SucceedAll();

  const std::vector<WorkflowNumber> entered(
      mark.entered.begin() + static_cast<std::ptrdiff_t>(before), mark.entered.end());
  EXPECT_GE(entered.size(), 4u) << "the submission, and three outcomes";
  EXPECT_THAT(entered, Each(WorkflowNumber(1)));
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

  RestartHolding({WorkflowNumber(1)});

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

TEST_F(EnginePoisonTest, AHeldNumberWhoseRecordWasLostDoesNotHoldTheNextWorkflow) {
  engine_ =
      std::make_unique<Engine>(settings_, Poison{.held = {WorkflowNumber(1)}, .mark = nullptr});
  Step(ControllerStart{});
  Connect(kLeft);

  ASSERT_TRUE(Submit(OneTask()).ok());

  EXPECT_THAT(engine_->HeldWorkflows(), IsEmpty());
  Succeed(AttemptAt("-.N0"), "4");
  EXPECT_EQ(OutputOf(), "4");
}

TEST_F(EnginePoisonTest, AHeldWorkflowCanBeCancelled) {
  Start();
  ASSERT_TRUE(Submit(Chain(3)).ok());
  RestartHolding({WorkflowNumber(1)});

  EXPECT_THAT(std::string(Pause(/*is_paused=*/false).message()), HasSubstr("orrery resume"));
  EXPECT_TRUE(Cancel().ok());

  EXPECT_EQ(StatusOf(), model::WorkflowStatus::kCancelled);
  RestartHolding({WorkflowNumber(1)});
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

  RestartHolding({WorkflowNumber(1), WorkflowNumber(2)});

  EXPECT_THAT(engine_->HeldWorkflows(), IsEmpty());
  EXPECT_FALSE(engine_->Exists(WorkflowNumber(2)));
  EXPECT_TRUE(engine_->Exists(WorkflowNumber(1)));
}

}  // namespace
}  // namespace orrery::engine
