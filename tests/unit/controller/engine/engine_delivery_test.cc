// Inputs and outputs that are too large together for one message, and attempts that no worker
// accepts.
#include "model/outcome.h"
#include "model/workflow.h"
#include "tests/unit/controller/engine/engine_fixture.h"

namespace orrery::engine {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

class EngineDeliveryTest : public EngineFixture {
 protected:
  EngineDeliveryTest() {
    Settings settings{.prefetch = 0};
    settings.inline_inputs_bytes.max = 1000;
    Reset(settings);
    Start();
  }

  // Two integers of 600 digits, which have 1,200 bytes together.
  static graph::Graph SumOfLarge() {
    Sketch sketch;
    const auto a = sketch.Const(std::string(600, '1'));
    const auto b = sketch.Const(std::string(600, '2'));
    return sketch.Returning({{"value", sketch.Task("ada.add", {{"a", a}, {"b", b}})}});
  }
};

TEST_F(EngineDeliveryTest, LargeInputsAreStoredBeforeTheTaskIsReady) {
  Connect(kLeft);
  ASSERT_TRUE(Submit(SumOfLarge()).ok());
  EXPECT_THAT(AssignedLocations(), IsEmpty());
  ASSERT_THAT(FreeEffects<StoreValue>(), SizeIs(1)) << "without one of them the others fit";

  AnswerStores();

  const AssignAttempt attempt = AttemptAt("-.N2");
  ASSERT_THAT(attempt.inputs, SizeIs(2));
  EXPECT_NE(attempt.inputs[0]->is_inline(), attempt.inputs[1]->is_inline());
  Succeed(attempt, "3");
  EXPECT_EQ(OutputOf(), "3");
}

TEST_F(EngineDeliveryTest, InputsThatFitAreNotStored) {
  Connect(kLeft);
  Sketch sketch;
  const auto a = sketch.Const(std::string(600, '1'));
  ASSERT_TRUE(Submit(sketch.Returning({{"value", sketch.Task("ada.add", {{"a", a}})}})).ok());

  EXPECT_TRUE(IsAssigned("-.N1"));
}

TEST_F(EngineDeliveryTest, ControllerThatDiesMeanwhileStoresThemAgain) {
  Connect(kLeft);
  ASSERT_TRUE(Submit(SumOfLarge()).ok());
  Restart();
  ASSERT_THAT(FreeEffects<StoreValue>(), SizeIs(1));
  AnswerStores();

  Connect(kLeft);
  Elapse(absl::Minutes(1));

  EXPECT_TRUE(IsAssigned("-.N2"));
}

TEST_F(EngineDeliveryTest, OutcomeOfATaskWhoseInputsWereStoredIsReplayed) {
  Connect(kLeft);
  ASSERT_TRUE(Submit(SumOfLarge()).ok());
  AnswerStores();
  Succeed(AttemptAt("-.N2"), "3");

  Restart();

  EXPECT_THAT(FreeEffects<StoreValue>(), IsEmpty()) << "no node needs them any more";
}

TEST_F(EngineDeliveryTest, LargeOutputsOfAWorkflowAreBlobs) {
  Sketch sketch;
  const auto a = sketch.Const(std::string(600, '1'));
  const auto b = sketch.Const("2");
  ASSERT_TRUE(Submit(sketch.Returning({{"x", a}, {"y", a}, {"z", b}})).ok());
  AnswerStores();

  ASSERT_EQ(StatusOf(), model::WorkflowStatus::kSucceeded);
  const model::Outputs outputs = SettledOf()->outputs;
  EXPECT_EQ(model::FindOutput(outputs, "x")->blob().size_bytes, 600u);
  EXPECT_EQ(model::FindOutput(outputs, "y")->blob().size_bytes, 600u);
  EXPECT_EQ(model::FindOutput(outputs, "z")->bytes(), "2");
}

TEST_F(EngineDeliveryTest, InputsThatCannotBeStoredFailTheNode) {
  Connect(kLeft);
  ASSERT_TRUE(Submit(SumOfLarge()).ok());

  Step(ValueStored{FreeEffects<StoreValue>().at(0).digest,
                   absl::ResourceExhaustedError("the disk is full")});

  EXPECT_EQ(StatusOf(), model::WorkflowStatus::kFailed);
  EXPECT_EQ(FailureOf(), "a value could not be stored: the disk is full");
}

TEST_F(EngineDeliveryTest, UndeliverableAttemptFailsItsNode) {
  Connect(kLeft);
  ASSERT_TRUE(Submit(OneTask()).ok());
  const AssignAttempt attempt = AttemptAt("-.N0");

  Step(AttemptUndeliverable{attempt.session, attempt.attempt, "5 MiB, at most 4 MiB"});

  ASSERT_EQ(StatusOf(), model::WorkflowStatus::kFailed);
  EXPECT_EQ(FailureOf(), "5 MiB, at most 4 MiB");
  EXPECT_EQ(SettledOf()->failures.at(0).error.kind, model::TaskErrorKind::kInvalidValue);
}

TEST_F(EngineDeliveryTest, UndeliverableAttemptThatIsOverIsIgnored) {
  const SessionId session = Connect(kLeft);
  ASSERT_TRUE(Submit(OneTask()).ok());
  const AssignAttempt attempt = AttemptAt("-.N0");
  Step(AttemptUndeliverable{SessionId(session.value() + 1), attempt.attempt, "of another"});
  EXPECT_EQ(StatusOf(), model::WorkflowStatus::kRunning);
  Succeed(attempt);

  Step(AttemptUndeliverable{session, attempt.attempt, "late"});

  EXPECT_EQ(StatusOf(), model::WorkflowStatus::kSucceeded);
}

}  // namespace
}  // namespace orrery::engine
