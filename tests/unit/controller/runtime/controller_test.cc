// The effects that wait for the disk, and those that do not.
#include "controller/runtime/controller.h"

#include "model/workflow.h"
#include "tests/unit/controller/runtime/controller_fixture.h"

namespace orrery::runtime {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::NotNull;
using ::testing::SizeIs;

class ControllerTest : public ControllerFixture {
 protected:
  void SetUp() override { StartAndSync(); }
};

class ControllerStartTest : public ControllerFixture {};

TEST_F(ControllerStartTest, ItIsStartedWhenTheNewEpochIsDurable) {
  Open();
  ASSERT_TRUE(controller_->Start().ok());
  EXPECT_EQ(controller_->epoch(), 1u);
  controller_->Flush();
  EXPECT_FALSE(controller_->is_started());

  journal_.Sync();

  EXPECT_TRUE(controller_->is_started());
}

TEST_F(ControllerTest, ASubmissionIsAnsweredWhenItIsDurable) {
  const auto answer = Submit(engine::OneTask());
  controller_->Flush();
  EXPECT_FALSE(answer->has_value());

  journal_.Sync();

  ASSERT_TRUE(answer->has_value());
  ASSERT_TRUE((*answer)->ok());
  EXPECT_EQ((**answer)->id, kFlow);
  EXPECT_FALSE((**answer)->already_submitted);
}

TEST_F(ControllerTest, ASubmissionWaitsUntilAllPoolsHaveSaidWhatTheyOffer) {
  controller_->ExpectPools({"ada", "bob"});
  const auto answer = Submit(engine::OneTask());
  controller_->OnPoolCatalog("ada", engine::AdaCatalog());
  FlushAndSync();
  EXPECT_FALSE(answer->has_value());

  controller_->OnPoolCatalog("bob", absl::AbortedError("it exited with status 1"));
  FlushAndSync();

  ASSERT_TRUE(answer->has_value());
  EXPECT_TRUE((*answer)->ok());
}

TEST_F(ControllerTest, AHeldSubmissionIsRefusedIfTheStorageFailsMeanwhile) {
  controller_->ExpectPools({"ada"});
  const auto answer = Submit(engine::OneTask());
  controller_->OnJournalFailure(absl::DataLossError("disk"));

  controller_->OnPoolCatalog("ada", engine::AdaCatalog());

  ASSERT_TRUE(answer->has_value());
  EXPECT_EQ((*answer)->status().code(), absl::StatusCode::kUnavailable);
}

TEST_F(ControllerTest, AWorkflowWithoutIdGetsARandomOne) {
  const auto first = Submit(engine::OneTask(), std::nullopt);
  const auto second = Submit(engine::OneTask(), std::nullopt);
  FlushAndSync();

  ASSERT_TRUE(first->has_value() && second->has_value());
  EXPECT_NE((**first)->id, (**second)->id);
}

TEST_F(ControllerTest, ARepeatedSubmissionIsNotAnsweredBeforeTheFirstIsDurable) {
  Submit(engine::OneTask());
  controller_->Flush();

  const auto again = Submit(engine::OneTask());
  controller_->Flush();
  EXPECT_FALSE(again->has_value());
  journal_.Sync();

  ASSERT_TRUE(again->has_value());
  EXPECT_TRUE((**again)->already_submitted);
}

TEST_F(ControllerTest, ARefusalThatDependsOnNothingNewIsAnsweredInTheSameTurn) {
  const auto answer = Submit(graph::Graph());

  controller_->Flush();

  ASSERT_TRUE(answer->has_value());
  EXPECT_EQ((*answer)->status().code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(ControllerTest, ARefusalWaitsForWhatItIsBasedOn) {
  Submit(engine::OneTask());
  const auto answer = Submit(engine::OneTask("ada.times"));
  controller_->Flush();
  EXPECT_FALSE(answer->has_value());

  journal_.Sync();

  ASSERT_TRUE(answer->has_value());
  EXPECT_EQ((*answer)->status().code(), absl::StatusCode::kAlreadyExists);
}

TEST_F(ControllerTest, AttemptsAreSentAtOnce) {
  Connect();

  Submit(engine::OneTask());

  EXPECT_THAT(transport_->Sent<WelcomeWorker>(), SizeIs(1));
  EXPECT_THAT(Assigned(), SizeIs(1));
}

TEST_F(ControllerTest, AnOutcomeIsAcknowledgedAndShownWhenItIsDurable) {
  Connect();
  Submit(engine::OneTask());
  FlushAndSync();

  Succeed(Assigned().at(0));
  controller_->Flush();
  EXPECT_THAT(Acknowledged(), IsEmpty());
  EXPECT_EQ(StatusOf(), model::WorkflowStatus::kRunning);
  EXPECT_EQ(sink_->CountOf<engine::WorkflowSettled>(), 0u);
  journal_.Sync();

  EXPECT_THAT(Acknowledged(), SizeIs(1));
  EXPECT_EQ(StatusOf(), model::WorkflowStatus::kSucceeded);
  EXPECT_EQ(sink_->CountOf<engine::WorkflowSettled>(), 1u);
}

TEST_F(ControllerTest, WhatIsDurableInPartIsPerformedInPart) {
  Connect();
  Submit(engine::OneTask());
  FlushAndSync();
  Succeed(Assigned().at(0));
  controller_->Flush();
  const journal::Lsn finished = journal_.last_lsn();
  const auto cancelled = Cancel(Uuid::FromInteger(7));
  const auto later = Submit(engine::OneTask(), Uuid::FromInteger(8));
  controller_->Flush();

  journal_.DurableUpTo(finished);

  EXPECT_EQ(StatusOf(), model::WorkflowStatus::kSucceeded);
  EXPECT_FALSE(cancelled->has_value());
  EXPECT_FALSE(later->has_value());
  journal_.Sync();
  EXPECT_TRUE(cancelled->has_value());
  EXPECT_TRUE(later->has_value());
}

TEST_F(ControllerTest, ATurnIsOneAppend) {
  Submit(engine::OneTask());
  Submit(engine::OneTask(), Uuid::FromInteger(101));
  const journal::Lsn before = journal_.last_lsn();
  EXPECT_EQ(before, journal_.durable_lsn());

  controller_->Flush();

  EXPECT_EQ(journal_.last_lsn(), before + 2);
  EXPECT_FALSE(controller_->is_idle());
  journal_.Sync();
  EXPECT_TRUE(controller_->is_idle());
}

TEST_F(ControllerTest, WhoIsAnsweredMayAskAgainInTheSameTurn) {
  std::optional<absl::Status> second;
  controller_->Cancel({.workflow = kFlow}, [&](absl::Status) {
    controller_->Cancel({.workflow = kFlow},
                        [&](absl::Status status) { second = std::move(status); });
  });

  controller_->Flush();

  ASSERT_TRUE(second.has_value());
  EXPECT_EQ(second->code(), absl::StatusCode::kNotFound);
}

TEST_F(ControllerTest, AnEndIsShownToClientsWhenItsCheckpointsCanBeSeen) {
  sink_->SetSlow();
  Connect();
  Submit(engine::OneTask());
  Succeed(Assigned().at(0));
  FlushAndSync();
  EXPECT_EQ(StatusOf(), model::WorkflowStatus::kRunning);

  sink_->CatchUp();

  EXPECT_EQ(StatusOf(), model::WorkflowStatus::kSucceeded);
}

TEST_F(ControllerTest, AnEndIsReportedAfterTheCheckpointLagEvenIfFilesAreStillWritten) {
  sink_->SetSlow();
  Connect();
  Submit(engine::OneTask());
  Succeed(Assigned().at(0));
  FlushAndSync();
  ASSERT_TRUE(controller_->NextDeadline().has_value());
  EXPECT_LE(*controller_->NextDeadline(), clock_.Now() + kCheckpointLag.duration());

  clock_.Advance(kCheckpointLag.duration());
  controller_->Tick();

  EXPECT_EQ(StatusOf(), model::WorkflowStatus::kSucceeded);
  EXPECT_TRUE(controller_->views().Find(kFlow)->are_checkpoints_behind);
  sink_->CatchUp();
  EXPECT_FALSE(controller_->views().Find(kFlow)->are_checkpoints_behind);
}

TEST_F(ControllerTest, ACancellationWaitsForNoFiles) {
  sink_->SetSlow();
  Connect();
  Submit(engine::OneTask());
  std::optional<absl::Status> cancelled;
  controller_->Cancel({.workflow = kFlow, .reason = "enough"},
                      [&](absl::Status status) { cancelled = std::move(status); });

  FlushAndSync();

  ASSERT_TRUE(cancelled.has_value());
  EXPECT_TRUE(cancelled->ok());
  EXPECT_EQ(StatusOf(), model::WorkflowStatus::kCancelled);
}

TEST_F(ControllerTest, ReasonOfMissingCheckpointsIsTheFirstOne) {
  Connect();
  Submit(engine::OneTask());
  FlushAndSync();

  controller_->OnCheckpointsIncomplete(kFlow, "no space");
  controller_->OnCheckpointsIncomplete(kFlow, "another");
  controller_->OnCheckpointsIncomplete(Uuid::FromInteger(9), "unknown");

  EXPECT_EQ(controller_->views().Find(kFlow)->checkpoints_incomplete, "no space");
}

TEST_F(ControllerTest, SubmissionsThatWaitForPoolsAreLimited) {
  controller_->ExpectPools({"demo"});
  for (std::uint64_t i = 0; i < kHeldSubmissions.max; ++i) Submit(engine::OneTask(), std::nullopt);

  const auto refused = Submit(engine::OneTask(), std::nullopt);

  ASSERT_TRUE(refused->has_value());
  EXPECT_EQ((*refused)->status().code(), absl::StatusCode::kResourceExhausted);
}

// Records that are under way still become durable, and a worker keeps its outcomes.
TEST_F(ControllerTest, APausedIntakeRefusesClientsAndLooksAtNothingThatWorkersReport) {
  const absl::Status full = absl::ResourceExhaustedError("the disk of /root is full");
  Connect();
  Submit(engine::OneTask());
  FlushAndSync();
  const journal::Lsn before = journal_.last_lsn();
  controller_->SetIntake(full);

  const auto refused = Submit(engine::OneTask(), Uuid::FromInteger(101));
  absl::Status cancelled;
  controller_->Cancel({.workflow = kFlow}, [&](absl::Status status) { cancelled = status; });
  Succeed(Assigned().at(0));
  clock_.Advance(absl::Hours(1));
  controller_->Tick();
  FlushAndSync();

  ASSERT_TRUE(refused->has_value());
  EXPECT_EQ((*refused)->status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ((*refused)->status().message(), full.message());
  EXPECT_EQ(cancelled.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(journal_.last_lsn(), before);
  EXPECT_EQ(StatusOf(), model::WorkflowStatus::kRunning);
  EXPECT_FALSE(controller_->NextDeadline().has_value());
  EXPECT_TRUE(transport_->Sent<engine::AcknowledgeOutcomes>().empty());

  controller_->SetIntake(absl::OkStatus());
  FlushAndSync();

  EXPECT_EQ(StatusOf(), model::WorkflowStatus::kSucceeded);
  EXPECT_EQ(transport_->Sent<engine::AcknowledgeOutcomes>().size(), 1u);
}

TEST_F(ControllerTest, ARequestThatWaitsForTheDiskIsAnsweredWhenTheIntakePauses) {
  const auto answer = Submit(engine::OneTask());
  controller_->Flush();
  EXPECT_FALSE(answer->has_value());

  controller_->SetIntake(absl::ResourceExhaustedError("the disk of /root is full"));

  ASSERT_TRUE(answer->has_value());
  EXPECT_EQ((*answer)->status().code(), absl::StatusCode::kUnavailable);
  controller_->SetIntake(absl::OkStatus());
  FlushAndSync();
  EXPECT_EQ(StatusOf(), model::WorkflowStatus::kRunning) << "it is carried out";
}

TEST_F(ControllerTest, AWorkerThatConnectsToAPausedControllerIsSentAwayAndForgotten) {
  controller_->SetIntake(absl::ResourceExhaustedError("the disk of /root is full"));
  const journal::Lsn before = journal_.last_lsn();

  const SessionId session = Connect();
  controller_->OnSessionLost(session);
  FlushAndSync();
  const auto closed = transport_->Sent<engine::CloseSession>();
  controller_->SetIntake(absl::OkStatus());
  FlushAndSync();

  ASSERT_EQ(closed.size(), 1u);
  EXPECT_EQ(closed.at(0).reason, "the disk of /root is full");
  EXPECT_EQ(journal_.last_lsn(), before);
  EXPECT_TRUE(controller_->Workers().empty());
}

TEST_F(ControllerTest, ReportsThatWaitForTheDiskAreLimited) {
  const SessionId session = Connect();
  const SessionId other = controller_->NewSession();
  controller_->SetIntake(absl::ResourceExhaustedError("the disk of /root is full"));
  const auto report = [&](SessionId from, std::uint64_t bytes) {
    controller_->OnOutcomes(
        from, {{.result = model::Outputs{{"value", engine::Json(std::string(bytes, '1'))}}}});
  };
  report(session, kWaitingReportBytes.max / 2);
  report(session, kWaitingReportBytes.max / 4);
  EXPECT_TRUE(transport_->Sent<engine::CloseSession>().empty());

  report(other, kWaitingReportBytes.max / 2);
  controller_->OnReleased(other, std::vector<model::AttemptId>(kWaitingReportBytes.max / 16));

  const auto closed = transport_->Sent<engine::CloseSession>();
  ASSERT_EQ(closed.size(), 2u);
  EXPECT_EQ(closed[0].session, other);
  EXPECT_THAT(closed[0].reason, HasSubstr("waiting_report_bytes"));
  controller_->SetIntake(absl::OkStatus());
  report(session, kWaitingReportBytes.max / 2);
  EXPECT_EQ(transport_->Sent<engine::CloseSession>().size(), 2u) << "there is room again";
}

TEST_F(ControllerTest, AWorkersLastReportIsKnownWhenThePausedIntakeGoesOn) {
  const SessionId session = Connect();
  controller_->SetIntake(absl::ResourceExhaustedError("the disk of /root is full"));
  controller_->OnProgress({.session = session, .reports = {}, .stuck_slots = 2});
  controller_->OnProgress({.session = session, .reports = {}, .stuck_slots = 1});
  EXPECT_EQ(controller_->Workers().at(0).stuck_slots, 0u);

  controller_->SetIntake(absl::OkStatus());

  EXPECT_EQ(controller_->Workers().at(0).stuck_slots, 1u);
}

TEST_F(ControllerTest, RequestsThatWaitForTheJournalAreLimited) {
  Connect();
  Submit(engine::OneTask());
  FlushAndSync();
  std::size_t refused = 0;
  std::size_t answered = 0;
  const auto explain = [&] {
    controller_->Explain(kFlow, graph::Location(),
                         [&](const absl::StatusOr<model::Explanation>& explanation) {
                           ++(absl::IsResourceExhausted(explanation.status()) ? refused : answered);
                         });
  };
  for (std::uint64_t i = 0; i < kHistoryRequests.max + 3; ++i) explain();
  EXPECT_EQ(refused, 3u);

  histories_.Answer();
  explain();
  histories_.Answer();

  EXPECT_EQ(answered, kHistoryRequests.max + 1);
}

TEST_F(ControllerTest, AnEndThatIsShownLateDoesNotEndALaterWorkflowOfTheSameId) {
  sink_->SetSlow();
  Connect();
  Submit(engine::OneTask());
  Succeed(Assigned().at(0));
  FlushAndSync();
  controller_->Submit(
      {.id = kFlow,
       .submission = {.name = "flow",
                      .graph = std::make_shared<const graph::Graph>(engine::OneTask())},
       .clean = true},
      [](absl::StatusOr<Submitted>) {});
  FlushAndSync();

  sink_->CatchUp();

  EXPECT_EQ(StatusOf(), model::WorkflowStatus::kRunning);
}

TEST_F(ControllerTest, WatchersHearOfDurableChanges) {
  std::vector<model::WorkflowStatus> heard;
  controller_->views().Watch(kFlow, [&] { heard.push_back(StatusOf()); });
  Connect();
  Submit(engine::OneTask());
  Succeed(Assigned().at(0));
  controller_->Flush();
  EXPECT_THAT(heard, IsEmpty());

  journal_.Sync();

  ASSERT_FALSE(heard.empty());
  EXPECT_EQ(heard.front(), model::WorkflowStatus::kRunning);
  EXPECT_EQ(heard.back(), model::WorkflowStatus::kSucceeded);
}

TEST_F(ControllerTest, WhatIsDurableIsNotWaitedForThoughNobodyHasToldYet) {
  const auto submitted = Submit(engine::OneTask());
  controller_->Flush();
  ASSERT_FALSE(submitted->has_value());

  controller_->awaited_lsn().Reach(journal_.last_lsn());
  const auto again = Submit(engine::OneTask());
  controller_->Flush();

  ASSERT_TRUE(submitted->has_value());
  ASSERT_TRUE(again->has_value());
  EXPECT_TRUE((**again)->already_submitted);
}

TEST_F(ControllerTest, AJournalThatFailsAnswersWhoWaits) {
  const auto submitted = Submit(engine::OneTask());
  const auto cancelled = Cancel();
  controller_->Flush();

  journal_.Fail(absl::InternalError("the disk is broken"));

  ASSERT_TRUE(submitted->has_value());
  EXPECT_EQ((*submitted)->status().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string((*submitted)->status().message()), HasSubstr("the disk is broken"));
  ASSERT_TRUE(cancelled->has_value());
  EXPECT_EQ((*cancelled)->code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(controller_->health().code(), absl::StatusCode::kInternal);
}

TEST_F(ControllerTest, NothingIsAcknowledgedAfterAFailure) {
  Connect();
  Submit(engine::OneTask());
  FlushAndSync();
  Succeed(Assigned().at(0));
  controller_->Flush();

  journal_.Fail(absl::InternalError("the disk is broken"));
  controller_->OnDurable(journal_.last_lsn());
  controller_->Flush();

  EXPECT_THAT(Acknowledged(), IsEmpty());
  EXPECT_EQ(StatusOf(), model::WorkflowStatus::kRunning);
}

TEST_F(ControllerTest, RequestsAfterAFailureAreAnsweredAtOnce) {
  journal_.Fail(absl::InternalError("the disk is broken"));

  const auto submitted = Submit(engine::OneTask());
  const auto cancelled = Cancel();

  ASSERT_TRUE(submitted->has_value());
  EXPECT_EQ((*submitted)->status().code(), absl::StatusCode::kUnavailable);
  ASSERT_TRUE(cancelled->has_value());
  EXPECT_EQ((*cancelled)->code(), absl::StatusCode::kUnavailable);
}

TEST_F(ControllerTest, NothingIsGivenToWorkersAfterAFailure) {
  Submit(engine::OneTask());
  FlushAndSync();
  journal_.Fail(absl::InternalError("the disk is broken"));

  Connect();
  controller_->Tick();

  EXPECT_THAT(transport_->Sent<WelcomeWorker>(), IsEmpty());
  EXPECT_THAT(Assigned(), IsEmpty());
}

TEST_F(ControllerTest, AClockThatGoesBackDoesNotTakeTheControllerWithIt) {
  Submit(engine::OneTask());
  clock_.Advance(-absl::Hours(1));

  const auto answer = Cancel();
  FlushAndSync();

  ASSERT_TRUE(answer->has_value());
  EXPECT_TRUE((*answer)->ok());
  const model::Workflow* view = controller_->views().Find(kFlow);
  ASSERT_THAT(view, NotNull());
  EXPECT_EQ(view->settled_at, view->submitted_at);
}

TEST_F(ControllerTest, TheGraceOfALostWorkerEndsWithATick) {
  const SessionId session = Connect();
  Submit(engine::OneTask());
  controller_->OnSessionLost(session);
  ASSERT_TRUE(controller_->NextDeadline().has_value());

  clock_.Set(*controller_->NextDeadline());
  controller_->Tick();

  EXPECT_THAT(controller_->Workers(), IsEmpty());
  EXPECT_EQ(controller_->NextDeadline(), std::nullopt);
}

TEST_F(ControllerTest, AGraceIsNoLongerThoughTheClockWasSetBackByHours) {
  const SessionId session = Connect();
  Submit(engine::OneTask());
  controller_->OnSessionLost(session);

  clock_.Advance(-absl::Hours(5));
  ASSERT_EQ(controller_->NextDeadline(), clock_.Now());
  controller_->Tick();
  ASSERT_EQ(controller_->NextDeadline(), clock_.Now() + engine::Settings{}.reconnect_grace);
  clock_.Advance(engine::Settings{}.reconnect_grace);
  controller_->Tick();

  EXPECT_THAT(controller_->Workers(), IsEmpty());
}

TEST_F(ControllerTest, AGraceBeginsAndEndsThoughTheClockWasSetBackBefore) {
  const SessionId session = Connect();
  Submit(engine::OneTask());
  clock_.Advance(-absl::Hours(5));

  controller_->OnSessionLost(session);
  ASSERT_EQ(controller_->NextDeadline(), clock_.Now() + engine::Settings{}.reconnect_grace);
  clock_.Advance(engine::Settings{}.reconnect_grace);
  controller_->Tick();

  EXPECT_THAT(controller_->Workers(), IsEmpty());
}

TEST_F(ControllerTest, SessionsAreNumberedApart) {
  EXPECT_NE(controller_->NewSession(), controller_->NewSession());
}

TEST_F(ControllerTest, ADeadWorkerIsRemoved) {
  Connect();
  ASSERT_THAT(controller_->Workers(), SizeIs(1));

  controller_->OnWorkerDied(kAda, {.reason = "signal 9"});

  EXPECT_THAT(controller_->Workers(), IsEmpty());
  EXPECT_THAT(transport_->Sent<CloseSession>(), SizeIs(1));
}

TEST_F(ControllerTest, ADrainingWorkerAndAReleasedAttemptReachTheEngine) {
  const SessionId session = Connect();
  Submit(engine::OneTask());

  controller_->OnDraining(session);
  controller_->OnReleased(session, {Assigned().at(0).attempt});
  FlushAndSync();

  EXPECT_THAT(Assigned(), SizeIs(1));
  EXPECT_THAT(controller_->WithActivity(*controller_->views().Find(kFlow)).waiting_for, SizeIs(1));
}

TEST_F(ControllerTest, AnExplanationHasTheStatusThatIsDurable) {
  Connect();
  Submit(engine::OneTask());
  FlushAndSync();
  const auto explained = [this] {
    model::WorkflowStatus status = model::WorkflowStatus::kFailed;
    controller_->Explain(kFlow, std::nullopt,
                         [&](const absl::StatusOr<model::Explanation>& explanation) {
                           status = explanation.value().status;
                         });
    return status;
  };

  Succeed(Assigned().at(0));

  EXPECT_EQ(explained(), model::WorkflowStatus::kRunning);
  FlushAndSync();
  EXPECT_EQ(explained(), model::WorkflowStatus::kSucceeded);
}

TEST_F(ControllerTest, ALargeGraphIsReadAndRun) {
  const std::string bytes = graph::WriteGraphData(engine::OneTask());
  blobs_.Put(bytes);
  Connect();
  engine::Sketch sketch;
  const auto eval = sketch.Eval(sketch.Const(engine::BlobOf(bytes)));
  Submit(sketch.Returning(eval));
  EXPECT_THAT(Assigned(), IsEmpty());

  EXPECT_EQ(blobs_.Answer(), 1u);

  EXPECT_THAT(Assigned(), SizeIs(1));
}

}  // namespace
}  // namespace orrery::runtime
