#include "model/outcome.h"
#include "model/workflow.h"
#include "tests/unit/controller/engine/engine_fixture.h"

namespace orrery::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class EngineSubmitTest : public EngineFixture {
 protected:
  EngineSubmitTest() { Start(); }
};

TEST_F(EngineSubmitTest, AnAcceptedWorkflowIsRecordedBeforeItIsAnswered) {
  EXPECT_TRUE(Submit(OneTask()).ok());

  ASSERT_THAT(Records<WorkflowSubmitted>(), SizeIs(1));
  EXPECT_EQ(Records<WorkflowSubmitted>()[0].id, kFlow);
  EXPECT_EQ(Records<WorkflowSubmitted>()[0].number, WorkflowNumber(1));
  EXPECT_THAT(FreeEffects<AnswerRequest>(), IsEmpty());
}

TEST_F(EngineSubmitTest, WorkflowsAreNumberedInOrder) {
  ASSERT_TRUE(Submit(OneTask()).ok());
  ASSERT_TRUE(Submit(OneTask(), {}, kOtherFlow).ok());

  EXPECT_EQ(Records<WorkflowSubmitted>()[0].number, WorkflowNumber(2));
}

TEST_F(EngineSubmitTest, AGraphOfConstantsSucceedsInTheSameStep) {
  Sketch sketch;
  const auto seven = sketch.Const("7");

  ASSERT_TRUE(Submit(sketch.Returning(seven)).ok());

  EXPECT_EQ(StatusOf(), model::WorkflowStatus::kSucceeded);
  EXPECT_EQ(OutputOf(), "7");
}

TEST_F(EngineSubmitTest, AWrongGraphIsRefusedAndNotRecorded) {
  Sketch sketch;
  sketch.Task("ada.add", {{"a", {1, "value"}}});

  const absl::Status status = Submit(sketch.Returning(sketch.Task("ada.add")));

  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(last_.records, IsEmpty());
}

TEST_F(EngineSubmitTest, AGraphWithoutOutputIsRefused) {
  EXPECT_EQ(Submit(graph::Graph()).code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(EngineSubmitTest, AnUnknownTaskIsRefusedUnlessTheClientWaitsForWorkers) {
  const absl::Status refused = Submit(OneTask(), {.wait_for_workers = false});
  const absl::Status held = Submit(OneTask(), {.wait_for_workers = true});

  EXPECT_EQ(refused.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(refused.message()), HasSubstr("ada.add"));
  EXPECT_TRUE(held.ok()) << held;
}

TEST_F(EngineSubmitTest, ATaskThatAConnectedWorkerOffersIsKnown) {
  Connect(kLeft);

  EXPECT_TRUE(Submit(OneTask(), {.wait_for_workers = false}).ok());
  EXPECT_EQ(Submit(OneTask("ada.divide"), {.wait_for_workers = false}, kOtherFlow).code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_F(EngineSubmitTest, NoWorkerBringsAnotherBuiltin) {
  const absl::Status status = Submit(OneTask("builtins.divmod"), {.wait_for_workers = true});

  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("builtins.divmod"));
}

TEST_F(EngineSubmitTest, ATaskThatAPoolWillOfferIsKnown) {
  Step(PoolAnnounced{"ada-pool", AdaCatalog()});

  EXPECT_TRUE(Submit(OneTask(), {.wait_for_workers = false}).ok());
  const absl::Status unknown =
      Submit(OneTask("ada.divide"), {.wait_for_workers = false}, kOtherFlow);
  EXPECT_EQ(unknown.code(), absl::StatusCode::kInvalidArgument);

  Connect(kLeft);
  EXPECT_TRUE(IsAssigned("-.N0"));
}

TEST_F(EngineSubmitTest, AMisspeltTaskOfAPoolIsRefusedWithTheOneThatWasMeant) {
  Step(PoolAnnounced{"ada-pool", AdaCatalog()});

  const absl::Status status = Submit(OneTask("ada.ad"), {.wait_for_workers = false});

  EXPECT_THAT(std::string(status.message()), HasSubstr("did you mean ada.add?"));
}

TEST_F(EngineSubmitTest, AWorkflowThatWaitsForWorkersRunsWhenOneComes) {
  ASSERT_TRUE(Submit(OneTask()).ok());

  Connect(kLeft);

  EXPECT_TRUE(IsAssigned("-.N0"));
}

TEST_F(EngineSubmitTest, AnInputThatIsNotGivenIsRefused) {
  Sketch sketch;
  const auto x = sketch.Input("x");

  const absl::Status status = Submit(sketch.Returning(x));

  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("x"));
}

TEST_F(EngineSubmitTest, AnUnknownTaskIsRefusedWithTheOneThatWasMeant) {
  Connect(kLeft);

  const absl::Status worker = Submit(OneTask("ada.ad"), {.wait_for_workers = false});
  const absl::Status builtin = Submit(OneTask("builtins.iad"), {.wait_for_workers = false});

  EXPECT_THAT(std::string(worker.message()), HasSubstr("did you mean ada.add?"));
  EXPECT_THAT(std::string(builtin.message()), HasSubstr("did you mean builtins.iadd?"));
}

TEST_F(EngineSubmitTest, TheSameSubmissionAgainIsAnsweredAndNotRepeated) {
  ASSERT_TRUE(Submit(OneTask()).ok());

  EXPECT_TRUE(Submit(OneTask()).ok());

  EXPECT_TRUE(GatedEffects<AnswerRequest>()[0].already_submitted);
  EXPECT_THAT(last_.records, IsEmpty());
}

TEST_F(EngineSubmitTest, AnotherSubmissionUnderARunningIdIsRefused) {
  ASSERT_TRUE(Submit(OneTask()).ok());

  EXPECT_EQ(Submit(OneTask("ada.times")).code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(Submit(OneTask(), {.name = "other"}).code(), absl::StatusCode::kAlreadyExists);
  EXPECT_THAT(last_.records, IsEmpty());
}

TEST_F(EngineSubmitTest, OtherInputsMakeAnotherSubmission) {
  Sketch sketch;
  const auto x = sketch.Input("x");
  const graph::Graph graph = sketch.Returning(sketch.Task("ada.add", {{"a", x}}));
  ASSERT_TRUE(Submit(graph, {.inputs = {{"x", Json("1")}}}).ok());

  EXPECT_EQ(Submit(graph, {.inputs = {{"x", Json("2")}}}).code(), absl::StatusCode::kAlreadyExists);
  EXPECT_TRUE(Submit(graph, {.inputs = {{"x", Json("1")}}}).ok());
}

TEST_F(EngineSubmitTest, AnIdThatHasFinishedIsRefused) {
  Connect(kLeft);
  ASSERT_TRUE(Submit(OneTask()).ok());
  Succeed(AttemptAt("-.N0"));

  const absl::Status status = Submit(OneTask());

  EXPECT_EQ(status.code(), absl::StatusCode::kAlreadyExists);
  EXPECT_THAT(std::string(status.message()), HasSubstr("--clean"));
}

TEST_F(EngineSubmitTest, CleanDeletesTheFinishedWorkflowAndRunsAnew) {
  Connect(kLeft);
  ASSERT_TRUE(Submit(OneTask()).ok());
  Succeed(AttemptAt("-.N0"), "1");

  ASSERT_TRUE(Submit(OneTask(), {.clean = true}).ok());

  EXPECT_THAT(GatedEffects<WorkflowRemoved>(), SizeIs(1));
  EXPECT_THAT(Records<WorkflowDeleted>(), SizeIs(1));
  EXPECT_EQ(StatusOf(), model::WorkflowStatus::kRunning);
  Succeed(AttemptAt("-.N0"), "2");
  EXPECT_EQ(OutputOf(), "2");
}

TEST_F(EngineSubmitTest, CleanDoesNotTouchARunningWorkflow) {
  ASSERT_TRUE(Submit(OneTask()).ok());

  EXPECT_EQ(Submit(OneTask("ada.times"), {.clean = true}).code(), absl::StatusCode::kAlreadyExists);
  EXPECT_THAT(last_.records, IsEmpty());
}

TEST_F(EngineSubmitTest, AWrongGraphWithCleanDeletesNothing) {
  Sketch sketch;
  const auto one = sketch.Const("1");
  ASSERT_TRUE(Submit(sketch.Returning(one)).ok());

  EXPECT_FALSE(Submit(graph::Graph(), {.clean = true}).ok());

  EXPECT_THAT(last_.records, IsEmpty());
}

TEST_F(EngineSubmitTest, ACancelledWorkflowEndsAtOnce) {
  ASSERT_TRUE(Submit(OneTask()).ok());

  EXPECT_TRUE(Cancel().ok());

  EXPECT_EQ(StatusOf(), model::WorkflowStatus::kCancelled);
  EXPECT_EQ(SettledOf()->reason, "not needed");
  EXPECT_THAT(Records<WorkflowCancelled>(), SizeIs(1));
}

TEST_F(EngineSubmitTest, NothingOfACancelledWorkflowIsAssigned) {
  ASSERT_TRUE(Submit(OneTask()).ok());
  ASSERT_TRUE(Cancel().ok());

  Connect(kLeft);

  EXPECT_THAT(assigned_, IsEmpty());
}

TEST_F(EngineSubmitTest, CancellingTwiceIsAnsweredTwiceAndRecordedOnce) {
  ASSERT_TRUE(Submit(OneTask()).ok());
  ASSERT_TRUE(Cancel().ok());

  EXPECT_TRUE(Cancel().ok());

  EXPECT_THAT(last_.records, IsEmpty());
}

TEST_F(EngineSubmitTest, WhatHasFinishedCannotBeCancelled) {
  Sketch sketch;
  const auto one = sketch.Const("1");
  ASSERT_TRUE(Submit(sketch.Returning(one)).ok());

  const absl::Status status = Cancel();

  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()), HasSubstr("succeeded"));
}

TEST_F(EngineSubmitTest, WhatDoesNotExistCannotBeCancelled) {
  EXPECT_EQ(Cancel().code(), absl::StatusCode::kNotFound);
}

TEST_F(EngineSubmitTest, ACancelledIdCanBeUsedAgainWithClean) {
  ASSERT_TRUE(Submit(OneTask()).ok());
  ASSERT_TRUE(Cancel().ok());

  EXPECT_EQ(Submit(OneTask()).code(), absl::StatusCode::kAlreadyExists);
  EXPECT_TRUE(Submit(OneTask(), {.clean = true}).ok());
}

TEST_F(EngineSubmitTest, AGraphThatIsLoadedRunsWhenItsBytesCome) {
  const std::string bytes = graph::WriteGraphData(OneTask());
  blobs_[Sha256(bytes)] = bytes;
  Connect(kLeft);
  Sketch sketch;
  const auto eval = sketch.Eval(sketch.Const(BlobOf(bytes)));

  ASSERT_TRUE(Submit(sketch.Returning(eval)).ok());
  ASSERT_THAT(FreeEffects<LoadValue>(), SizeIs(1));
  EXPECT_EQ(FreeEffects<LoadValue>()[0].size_bytes, bytes.size());
  AnswerLoads();

  EXPECT_TRUE(IsAssigned("-.N1.N0"));
  Succeed(AttemptAt("-.N1.N0"), "3");
  EXPECT_EQ(OutputOf(), "3");
}

TEST_F(EngineSubmitTest, OneValueIsLoadedOnceForAllWhoWait) {
  const std::string bytes = graph::WriteGraphData(OneTask());
  blobs_[Sha256(bytes)] = bytes;
  Connect(kLeft, {.slots = 8});
  Sketch sketch;
  const auto body = sketch.Const(BlobOf(bytes));
  const auto left = sketch.Eval(body);
  const auto right = sketch.Eval(body);
  const graph::Graph graph = sketch.Returning({{"l", left}, {"r", right}});

  ASSERT_TRUE(Submit(graph).ok());
  EXPECT_THAT(FreeEffects<LoadValue>(), SizeIs(1));
  const LoadValue load = FreeEffects<LoadValue>().at(0);
  ASSERT_TRUE(Submit(graph, {}, kOtherFlow).ok());
  EXPECT_THAT(FreeEffects<LoadValue>(), IsEmpty());
  Step(ValueLoaded{load.digest, bytes});

  EXPECT_THAT(AssignedLocations(), ElementsAre("-.N1.N0", "-.N1.N0", "-.N2.N0", "-.N2.N0"));
}

TEST_F(EngineSubmitTest, AValueThatCannotBeReadFailsItsNodeForGood) {
  const std::string bytes = graph::WriteGraphData(OneTask());
  Sketch sketch;
  const auto eval = sketch.Eval(sketch.Const(BlobOf(bytes)));
  ASSERT_TRUE(Submit(sketch.Returning(eval)).ok());

  Step(ValueLoaded{Sha256(bytes), absl::UnavailableError("the disk is away")});

  EXPECT_EQ(StatusOf(), model::WorkflowStatus::kFailed);
  EXPECT_THAT(FailureOf(), HasSubstr("the disk is away"));
  EXPECT_EQ(SettledOf()->failures[0].error.kind, model::TaskErrorKind::kStorage);
  EXPECT_EQ(SettledOf()->failures[0].function_name, "eval");
  EXPECT_THAT(Records<NodeFailed>(), SizeIs(1));
}

TEST_F(EngineSubmitTest, AValueThatComesAfterTheEndChangesNothing) {
  const std::string bytes = graph::WriteGraphData(OneTask());
  blobs_[Sha256(bytes)] = bytes;
  Sketch sketch;
  const auto eval = sketch.Eval(sketch.Const(BlobOf(bytes)));
  ASSERT_TRUE(Submit(sketch.Returning(eval)).ok());
  ASSERT_TRUE(Cancel().ok());

  Step(ValueLoaded{Sha256(bytes), bytes});
  Step(ValueLoaded{Sha256(bytes), bytes});

  EXPECT_THAT(last_.records, IsEmpty());
}

TEST_F(EngineSubmitTest, AGraphCanGiveItselfToATask) {
  Connect(kLeft);
  Sketch sketch;
  const graph::Graph graph = sketch.Returning(sketch.Task("ada.add", {{"a", OwnGraph()}}));

  ASSERT_TRUE(Submit(graph).ok());

  EXPECT_EQ(AttemptAt("-.N0").inputs.at(0)->bytes(), graph::WriteGraphData(graph));
}

}  // namespace
}  // namespace orrery::engine
