// Workers that are drained, and how far their tasks say that they are.
#include "model/attempt_id.h"
#include "model/explanation.h"
#include "model/outcome.h"
#include "model/worker.h"
#include "model/workflow.h"
#include "tests/unit/controller/engine/engine_fixture.h"

namespace orrery::engine {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class EngineDrainTest : public EngineFixture {
 protected:
  EngineDrainTest() {
    Reset({.prefetch = 0});
    Start();
  }

  void Drain(const std::string& worker, bool waits = false) {
    Step(DrainWorkers{
        .request = RequestId(500), .worker = worker, .reason = "service", .waits = waits});
  }
  // The answers of the last step to the drain.
  std::vector<absl::Status> Answers() const {
    std::vector<absl::Status> answers;
    for (const AnswerRequest& answer : GatedEffects<AnswerRequest>()) {
      if (answer.request == RequestId(500)) answers.push_back(answer.status);
    }
    return answers;
  }
};

TEST_F(EngineDrainTest, ADrainedWorkerIsToldAndIsGivenNothingMore) {
  const SessionId session = Connect(kLeft, {.slots = 2});
  ASSERT_TRUE(Submit(OneTask()).ok());

  Drain("ada");

  ASSERT_THAT(FreeEffects<DrainWorker>(), SizeIs(1));
  EXPECT_EQ(FreeEffects<DrainWorker>()[0].session, session);
  EXPECT_EQ(FreeEffects<DrainWorker>()[0].reason, "service");
  ASSERT_THAT(Answers(), SizeIs(1));
  EXPECT_TRUE(Answers()[0].ok());
  ASSERT_TRUE(Submit(OneTask(), {}, kOtherFlow).ok());
  EXPECT_FALSE(IsAssigned("-.N0", kOtherFlow));
  Succeed(AttemptAt("-.N0"), "5");
  EXPECT_EQ(OutputOf(), "5") << "it finishes what it holds";
}

TEST_F(EngineDrainTest, AnInstanceIsDrainedByItsIdAndOthersOfItsNameGoOn) {
  Connect(kLeft);
  const SessionId right = Connect(kRight);

  Drain(kLeft.ToString());
  ASSERT_TRUE(Submit(OneTask()).ok());

  EXPECT_EQ(AttemptAt("-.N0").session, right);
}

TEST_F(EngineDrainTest, AnUnknownNameIsNotFound) {
  Connect(kLeft);

  Drain("bea");

  ASSERT_THAT(Answers(), SizeIs(1));
  EXPECT_EQ(Answers()[0].code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(Answers()[0].message()), HasSubstr("\"bea\""));
}

TEST_F(EngineDrainTest, AWaitingDrainIsAnsweredWhenTheLastOfItsWorkersHasLeft) {
  const SessionId left = Connect(kLeft);
  const SessionId right = Connect(kRight);

  Drain("ada", /*waits=*/true);
  EXPECT_THAT(Answers(), IsEmpty());
  Step(SessionLost{left});
  EXPECT_THAT(Answers(), IsEmpty());
  Step(SessionLost{right});

  ASSERT_THAT(Answers(), SizeIs(1));
  EXPECT_TRUE(Answers()[0].ok());
}

TEST_F(EngineDrainTest, AWorkerThatReconnectsIsToldAgain) {
  const SessionId session = Connect(kLeft);
  ASSERT_TRUE(Submit(OneTask()).ok());
  const AssignAttempt attempt = AttemptAt("-.N0");
  Drain("ada");
  Step(SessionLost{session});

  Connect(kLeft, {.held = {HeldOf(attempt)}});

  EXPECT_THAT(FreeEffects<DrainWorker>(), SizeIs(1));
  EXPECT_EQ(engine_->Workers().at(0).state, model::WorkerState::kDraining);
}

TEST_F(EngineDrainTest, TheLatestReportOfARunningTaskIsKept) {
  const SessionId session = Connect(kLeft, {.slots = 2});
  ASSERT_TRUE(Submit(Fan(2)).ok());
  const model::AttemptId first = AttemptAt("-.N0").attempt;
  const model::AttemptId second = AttemptAt("-.N1").attempt;

  Step(ProgressReported{session, {{second, {.fraction = 0.1}}, {first, {.fraction = 0.2}}}});
  Step(ProgressReported{session, {{first, {.fraction = 0.5, .note = "half"}}}});

  EXPECT_THAT(FreeEffects<TasksProgressed>(), SizeIs(1)) << "watchers are told";
  const std::vector<model::TaskReport> reports = engine_->Progress(kFlow);
  ASSERT_THAT(reports, SizeIs(2));
  EXPECT_EQ(reports[0].location.ToString(), "-.N0");
  EXPECT_EQ(reports[0].function_name, "ada.add");
  EXPECT_EQ(reports[0].progress, (model::TaskProgress{.fraction = 0.5, .note = "half"}));
  EXPECT_EQ(reports[1].progress.fraction, 0.1);
}

TEST_F(EngineDrainTest, ReportsOfLaterLocationsAreLeftOut) {
  const SessionId session = Connect(kLeft, {.slots = 100});
  ASSERT_TRUE(Submit(Fan(kTaskReports.max + 5)).ok());
  ProgressReported all{session, {}};
  for (const AssignAttempt& attempt : assigned_) {
    all.reports.push_back({attempt.attempt, {.fraction = 0.5}});
  }
  ASSERT_THAT(all.reports, SizeIs(kTaskReports.max + 5));
  Step(std::move(all));

  const std::vector<model::TaskReport> reports = engine_->Progress(kFlow);

  ASSERT_THAT(reports, SizeIs(kTaskReports.max));
  EXPECT_EQ(reports.front().location.ToString(), "-.N0");
}

TEST_F(EngineDrainTest, AReportEndsWithItsAttempt) {
  const SessionId session = Connect(kLeft);
  ASSERT_TRUE(Submit(Chain(2)).ok());
  Step(ProgressReported{session, {{AttemptAt("-.N0").attempt, {.fraction = 0.5}}}});

  Succeed(AttemptAt("-.N0"));

  EXPECT_THAT(engine_->Progress(kFlow), IsEmpty());
}

TEST_F(EngineDrainTest, AReportOfAnAttemptThatAnotherHoldsIsIgnored) {
  Connect(kLeft);
  ASSERT_TRUE(Submit(OneTask()).ok());
  const SessionId other = Connect(kRight);

  Step(ProgressReported{other, {{AttemptAt("-.N0").attempt, {.fraction = 0.5}}}});

  EXPECT_THAT(engine_->Progress(kFlow), IsEmpty());
  EXPECT_THAT(FreeEffects<TasksProgressed>(), IsEmpty());
}

TEST_F(EngineDrainTest, ExplainTellsHowFarARunningTaskIs) {
  const SessionId session = Connect(kLeft);
  ASSERT_TRUE(Submit(OneTask()).ok());
  Step(ProgressReported{session,
                        {{AttemptAt("-.N0").attempt, {.fraction = 0.25, .note = "reading"}}}});

  const absl::StatusOr<model::Explanation> explanation = engine_->Explain(kFlow, std::nullopt);

  ASSERT_TRUE(explanation.ok());
  ASSERT_THAT(explanation->nodes, SizeIs(1));
  EXPECT_EQ(explanation->nodes[0].reasons.back(), "it reports 25 %: reading");
}

TEST_F(EngineDrainTest, TheDescriptionOfAWorkerIsKept) {
  Step(WorkerHello{.session = SessionId(90),
                   .worker = {.instance = kLeft,
                              .host = "h",
                              .labels = {{"zone", "a"}},
                              .catalog = AdaCatalog(),
                              .sdk_version = "0.1.0"},
                   .held = {}});

  EXPECT_EQ(engine_->Workers().at(0).description.labels.at("zone"), "a");
  EXPECT_EQ(engine_->Workers().at(0).description.sdk_version, "0.1.0");
}

TEST_F(EngineDrainTest, ADrainCanWaitForAReplacement) {
  Connect(kLeft);
  Step(DrainWorkers{.request = RequestId(500),
                    .worker = kLeft.ToString(),
                    .reason = "upgrade",
                    .waits = true,
                    .awaits_replacements = true});
  Step(WorkerDied{kLeft, {}});
  EXPECT_THAT(Answers(), IsEmpty());

  Connect(kRight);

  ASSERT_THAT(Answers(), SizeIs(1));
  EXPECT_TRUE(Answers()[0].ok());
}

TEST_F(EngineDrainTest, AWorkerSaysSinceWhenItDrains) {
  Connect(kLeft);
  EXPECT_EQ(engine_->Workers()[0].draining_since, absl::InfinitePast());
  ASSERT_TRUE(Submit(OneTask()).ok());

  Advance(absl::Seconds(3));
  Drain("ada");
  const absl::Time since = now_;
  Advance(absl::Seconds(5));
  Drain("ada");

  EXPECT_EQ(engine_->Workers()[0].draining_since, since);
}

}  // namespace
}  // namespace orrery::engine
