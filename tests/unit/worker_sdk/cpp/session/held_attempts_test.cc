#include "worker_sdk/cpp/session/held_attempts.h"

#include <memory>
#include <string>
#include <vector>

#include "base/digest.h"
#include "base/uuid.h"
#include "fmt/format.h"
#include "graph/location.h"
#include "model/attempt_id.h"
#include "model/outcome.h"
#include "model/worker.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr model::AttemptId kFirst{1, 1};
constexpr model::AttemptId kSecond{1, 2};
constexpr model::AttemptId kThird{1, 3};

absl::Time At(int seconds) { return absl::UnixEpoch() + absl::Seconds(seconds); }

model::Outputs One(const std::string& text = "1") {
  return {{"value", std::make_shared<graph::Value>(graph::JsonValue(text))}};
}

class HeldAttemptsTest : public ::testing::Test {
 protected:
  HeldAttemptsTest() { Connect({}); }

  void Connect(std::vector<AttemptVerdict> verdicts) {
    held_.Declare();
    ASSERT_TRUE(held_.Resume(verdicts).ok());
  }

  void Assign(model::AttemptId id) {
    held_.Assign({.attempt = id,
                  .workflow = Uuid::FromInteger(207),
                  .location = graph::Location::Parse("-.N2").value(),
                  .task = "linspace",
                  .inputs = One(),
                  .inputs_digest = Sha256("inputs")});
  }

  CancellationToken Start(model::AttemptId id) {
    Assign(id);
    const auto started = held_.Start(At(1));
    EXPECT_TRUE(started.has_value());
    EXPECT_EQ(started->assignment->attempt, id);
    return started->cancellation;
  }

  void Finish(model::AttemptId id) {
    Start(id);
    held_.Finish(id, One(), At(2));
  }

  // The error as it is told.
  model::TaskError Fail(model::AttemptId id) {
    held_.Finish(id, model::TaskError{.message = "broken"}, At(2));
    const std::vector<model::Outcome> outcomes = TakeOutcomes(1, 1 << 20);
    EXPECT_EQ(outcomes.at(0).attempt, id);
    return std::get<model::TaskError>(outcomes.at(0).result);
  }

  std::vector<model::Outcome> TakeOutcomes(std::size_t count_max, std::size_t bytes_max) {
    std::vector<model::Outcome> outcomes;
    held_.TakeOutcomes(count_max, bytes_max,
                       [&](const model::Outcome& outcome) { outcomes.push_back(outcome); });
    return outcomes;
  }

  // Attempts of the next batch, checked to be numbered on from `sequence`.
  std::vector<model::AttemptId> Take(std::uint64_t sequence) {
    std::vector<model::AttemptId> attempts;
    for (const model::Outcome& outcome : TakeOutcomes(100, 1 << 20)) {
      EXPECT_EQ(outcome.sequence, sequence++);
      attempts.push_back(outcome.attempt);
    }
    return attempts;
  }

  HeldAttempts held_;
};

TEST_F(HeldAttemptsTest, OutcomeIsKeptUntilItIsCommitted) {
  Finish(kFirst);
  Finish(kSecond);
  EXPECT_THAT(Take(1), ElementsAre(kFirst, kSecond));

  held_.Commit(1);
  EXPECT_FALSE(held_.IsHolding(kFirst));
  EXPECT_TRUE(held_.IsHolding(kSecond));

  held_.Commit(2);
  EXPECT_TRUE(held_.is_empty());
}

TEST_F(HeldAttemptsTest, OutcomeIsSentOnceInASession) {
  Finish(kFirst);

  EXPECT_THAT(Take(1), ElementsAre(kFirst));
  EXPECT_THAT(Take(2), IsEmpty());
}

TEST_F(HeldAttemptsTest, KeptOutcomeIsSentAgainInTheNextSessionFromSequenceOne) {
  Finish(kSecond);
  Finish(kFirst);
  Take(1);
  held_.Disconnect();

  Connect({{kFirst, Verdict::kKeep}, {kSecond, Verdict::kKeep}});

  EXPECT_THAT(Take(1), ElementsAre(kSecond, kFirst));
}

TEST_F(HeldAttemptsTest, CommitOfTheOldSessionDoesNotCoverTheNew) {
  Finish(kFirst);
  Take(1);
  held_.Disconnect();
  Connect({{kFirst, Verdict::kKeep}});

  held_.Commit(1);

  EXPECT_TRUE(held_.IsHolding(kFirst));
}

TEST_F(HeldAttemptsTest, DeclarationTellsRunningFromFinished) {
  Finish(kFirst);
  Start(kSecond);
  Assign(kThird);
  held_.Disconnect();

  const std::vector<model::HeldAttempt> declared = held_.Declare();

  ASSERT_EQ(declared.size(), 3u);
  EXPECT_EQ(declared[0].attempt, kFirst);
  EXPECT_TRUE(declared[0].is_finished);
  EXPECT_EQ(declared[0].workflow, Uuid::FromInteger(207));
  EXPECT_EQ(declared[0].location.ToString(), "-.N2");
  EXPECT_EQ(declared[0].task, "linspace");
  EXPECT_EQ(declared[0].inputs_digest, Sha256("inputs"));
  EXPECT_FALSE(declared[1].is_finished);
  EXPECT_FALSE(declared[2].is_finished);
}

TEST_F(HeldAttemptsTest, NothingStartsWithoutAConnection) {
  Assign(kFirst);
  held_.Disconnect();
  EXPECT_FALSE(held_.Start(At(1)).has_value());

  held_.Declare();
  EXPECT_FALSE(held_.Start(At(1)).has_value());

  ASSERT_TRUE(held_.Resume(std::vector<AttemptVerdict>{{kFirst, Verdict::kKeep}}).ok());
  EXPECT_TRUE(held_.Start(At(1)).has_value());
}

TEST_F(HeldAttemptsTest, TaskThatFinishesWhileCutOffIsSentAfterTheReturn) {
  Start(kFirst);
  held_.Disconnect();
  held_.Finish(kFirst, One(), At(2));
  EXPECT_THAT(Take(1), IsEmpty());

  Connect({{kFirst, Verdict::kKeep}});

  EXPECT_THAT(Take(1), ElementsAre(kFirst));
}

TEST_F(HeldAttemptsTest, TaskThatFinishesBetweenHelloAndWelcomeIsSent) {
  Start(kFirst);
  held_.Disconnect();
  held_.Declare();
  held_.Finish(kFirst, One(), At(2));

  ASSERT_TRUE(held_.Resume(std::vector<AttemptVerdict>{{kFirst, Verdict::kKeep}}).ok());

  EXPECT_THAT(Take(1), ElementsAre(kFirst));
}

TEST_F(HeldAttemptsTest, AbandonedAttemptsAreDeletedWhateverTheyDo) {
  Finish(kFirst);
  const CancellationToken running = Start(kSecond);
  Assign(kThird);
  held_.Disconnect();

  Connect({{kFirst, Verdict::kAbandon}, {kSecond, Verdict::kAbandon}, {kThird, Verdict::kAbandon}});
  EXPECT_TRUE(running.IsCancelled());
  held_.Finish(kSecond, One(), At(3));

  EXPECT_TRUE(held_.is_empty());
  EXPECT_THAT(Take(1), IsEmpty());
  EXPECT_FALSE(held_.can_start());
  EXPECT_THAT(held_.TakeReleased(), IsEmpty());
}

TEST_F(HeldAttemptsTest, WelcomeWithoutAVerdictEndsTheSession) {
  Finish(kFirst);
  held_.Disconnect();
  held_.Declare();

  const absl::Status status = held_.Resume({});

  EXPECT_THAT(status.message(), HasSubstr("attempt 1.1 was declared"));
  EXPECT_TRUE(held_.IsHolding(kFirst));
}

TEST_F(HeldAttemptsTest, RepeatedAssignmentChangesNothing) {
  Start(kFirst);

  Assign(kFirst);

  EXPECT_FALSE(held_.can_start());
}

TEST_F(HeldAttemptsTest, RevokeGivesBackOnlyWhatHasNotStarted) {
  Start(kFirst);
  Assign(kSecond);

  held_.Revoke(std::vector<model::AttemptId>{kFirst, kSecond, kThird});

  EXPECT_THAT(held_.TakeReleased(), ElementsAre(kSecond, kThird));
  EXPECT_TRUE(held_.IsHolding(kFirst));
  EXPECT_FALSE(held_.can_start());
}

TEST_F(HeldAttemptsTest, CancelledTaskIsReleasedWhenItEndsWithoutAnOutcome) {
  const CancellationToken token = Start(kFirst);

  held_.Cancel({.attempts = {kFirst}, .reason = "not wanted", .deadline = At(30)});
  EXPECT_EQ(token.reason(), "not wanted");
  EXPECT_THAT(held_.TakeReleased(), IsEmpty());
  held_.Finish(kFirst, One(), At(5));

  EXPECT_THAT(held_.TakeReleased(), ElementsAre(kFirst));
  EXPECT_THAT(Take(1), IsEmpty());
  EXPECT_TRUE(held_.is_empty());
}

TEST_F(HeldAttemptsTest, TaskThatIgnoresCancellationIsLeftBehindAfterTheGrace) {
  Start(kFirst);
  held_.Cancel({.attempts = {kFirst}, .deadline = At(30)});
  EXPECT_EQ(held_.NextDeadline(), At(30));

  held_.Expire(At(29));
  EXPECT_TRUE(held_.IsHolding(kFirst));
  held_.Expire(At(30));
  EXPECT_THAT(held_.TakeReleased(), ElementsAre(kFirst));
  held_.Finish(kFirst, One(), At(90));

  EXPECT_THAT(Take(1), IsEmpty());
  EXPECT_EQ(held_.NextDeadline(), std::nullopt);
}

TEST_F(HeldAttemptsTest, TaskThatRunsTooLongIsToldAndItsOutcomeIsATimeout) {
  held_.Assign({.attempt = kFirst, .task = "linspace", .run_timeout = absl::Seconds(10)});
  const CancellationToken token = held_.Start(At(1))->cancellation;
  EXPECT_EQ(held_.NextDeadline(), At(11));

  held_.Expire(At(10));
  EXPECT_FALSE(token.IsCancelled());
  held_.Expire(At(11));
  EXPECT_EQ(token.reason(), "it ran longer than its run timeout of 10s");
  EXPECT_EQ(held_.NextDeadline(), std::nullopt);
  held_.Finish(kFirst, One(), At(90));

  const std::vector<model::Outcome> outcomes = TakeOutcomes(100, 1 << 20);
  ASSERT_EQ(outcomes.size(), 1u);
  EXPECT_EQ(std::get<model::TaskError>(outcomes[0].result).kind, model::TaskErrorKind::kTimeout);
  EXPECT_THAT(TakeOutcomes(100, 1 << 20), IsEmpty()) << "the late outcome is dropped";
}

TEST_F(HeldAttemptsTest, CancelGivesBackWhatWaitsAndWhatWasNotSent) {
  Finish(kSecond);
  Assign(kFirst);

  held_.Cancel({.attempts = {kFirst, kSecond}, .deadline = At(30)});

  EXPECT_THAT(held_.TakeReleased(), ElementsAre(kFirst, kSecond));
  EXPECT_THAT(Take(1), IsEmpty());
  EXPECT_TRUE(held_.is_empty());
}

TEST_F(HeldAttemptsTest, CancelOfASentOutcomeWaitsForItsCommit) {
  Finish(kFirst);
  Take(1);

  held_.Cancel({.attempts = {kFirst}, .deadline = At(30)});

  EXPECT_THAT(held_.TakeReleased(), IsEmpty());
  EXPECT_TRUE(held_.IsHolding(kFirst));
}

TEST_F(HeldAttemptsTest, ReleaseThatWasNotToldIsImpliedByTheNextHello) {
  Assign(kFirst);
  held_.Revoke(std::vector<model::AttemptId>{kFirst});
  held_.Disconnect();

  EXPECT_THAT(held_.Declare(), IsEmpty());
  ASSERT_TRUE(held_.Resume({}).ok());

  EXPECT_THAT(held_.TakeReleased(), IsEmpty());
}

TEST_F(HeldAttemptsTest, ReleaseAfterTheHelloIsTold) {
  Start(kFirst);
  held_.Cancel({.attempts = {kFirst}, .deadline = At(30)});
  held_.Disconnect();
  held_.Declare();
  held_.Expire(At(31));

  ASSERT_TRUE(held_.Resume(std::vector<AttemptVerdict>{{kFirst, Verdict::kKeep}}).ok());

  EXPECT_THAT(held_.TakeReleased(), ElementsAre(kFirst));
}

TEST_F(HeldAttemptsTest, BatchStopsAtItsLimitsButCarriesAtLeastOne) {
  for (std::uint64_t i = 1; i <= 5; ++i) {
    Start({1, i});
    held_.Finish({1, i}, One(std::string(1000, '7')), At(2));
  }

  EXPECT_EQ(TakeOutcomes(2, 1 << 20).size(), 2u);
  EXPECT_EQ(TakeOutcomes(100, 10).size(), 1u);
  EXPECT_EQ(TakeOutcomes(100, 1 << 20).size(), 2u);
}

TEST_F(HeldAttemptsTest, NothingStartsBehindTooManyOutcomesThatAreNotCommitted) {
  for (std::uint64_t i = 1; i <= kFinishedAttempts.max; ++i) {
    Start({1, i});
    held_.Finish({1, i}, One(), At(2));
  }
  Assign({2, 1});
  EXPECT_FALSE(held_.can_start());
  EXPECT_EQ(TakeOutcomes(kOutcomeBatch.max, kOutcomeBatchBytes.max).size(), kOutcomeBatch.max);

  held_.Commit(1);

  EXPECT_TRUE(held_.can_start());
}

TEST_F(HeldAttemptsTest, ProgressIsTheLatestOfRunningAttempts) {
  Start(kFirst);
  held_.ReportProgress({kFirst, {.fraction = 0.25, .note = "quarter"}});
  held_.ReportProgress({kFirst, {.fraction = 0.5, .note = "half"}});
  held_.ReportProgress({kSecond, {.fraction = 0.5, .note = "not held"}});

  const std::vector<model::AttemptProgress> progress = held_.TakeProgress();

  EXPECT_THAT(progress, ElementsAre(model::AttemptProgress{
                            .attempt = kFirst, .progress = {.fraction = 0.5, .note = "half"}}));
  EXPECT_THAT(held_.TakeProgress(), IsEmpty());
}

TEST_F(HeldAttemptsTest, LeavingGivesBackWhatWaitsAndTellsWhatRuns) {
  const CancellationToken token = Start(kFirst);
  Assign(kSecond);

  held_.ReleaseWaiting();
  held_.CancelRunning("the worker leaves");

  EXPECT_THAT(held_.TakeReleased(), ElementsAre(kSecond));
  EXPECT_TRUE(token.IsCancelled());
  EXPECT_TRUE(held_.IsHolding(kFirst));
}

TEST_F(HeldAttemptsTest, AnErrorHasTheEndOfWhatItsAttemptWrote) {
  Start(kFirst);
  held_.AppendOutput(kFirst, "reading\n");
  held_.AppendOutput(kFirst, "no such row\n");
  held_.AppendOutput(kSecond, "of another\n");

  EXPECT_EQ(Fail(kFirst).output, (model::OutputTail{.text = "reading\nno such row"}));
}

TEST_F(HeldAttemptsTest, OfMuchOutputAnErrorHasTheLastWholeLines) {
  Start(kFirst);
  for (int i = 0; i < 1000; ++i) held_.AppendOutput(kFirst, fmt::format("line {}\n", i));

  const std::string text = Fail(kFirst).output.text;

  EXPECT_LE(text.size(), kOutputTailBytes.max);
  EXPECT_GT(text.size(), kOutputTailBytes.max - 20);
  EXPECT_TRUE(text.starts_with("line ")) << text.substr(0, 20);
  EXPECT_TRUE(text.ends_with("\nline 999"));
}

TEST_F(HeldAttemptsTest, WhatNobodySignedIsOfTheOnlyOneThatRuns) {
  Start(kFirst);
  Assign(kSecond);
  held_.AppendOutput(std::nullopt, "a library's warning\n");

  EXPECT_EQ(Fail(kFirst).output, (model::OutputTail{.text = "a library's warning"}));
}

TEST_F(HeldAttemptsTest, WhatNobodySignedIsSharedByAllThatRun) {
  Start(kFirst);
  Start(kSecond);
  held_.AppendOutput(std::nullopt, "a library's warning\n");
  held_.AppendOutput(kSecond, "mine\n");

  EXPECT_EQ(Fail(kFirst).output,
            (model::OutputTail{.text = "a library's warning", .is_shared = true}));
  EXPECT_EQ(Fail(kSecond).output,
            (model::OutputTail{.text = "a library's warning\nmine", .is_shared = true}));
}

TEST_F(HeldAttemptsTest, ATimeoutHasWhatItsAttemptWroteUntilThen) {
  held_.Assign({.attempt = kFirst, .run_timeout = absl::Seconds(5)});
  ASSERT_TRUE(held_.Start(At(1)).has_value());
  held_.AppendOutput(kFirst, "step 1\n");

  held_.Expire(At(6));
  held_.AppendOutput(kFirst, "step 2\n");

  const std::vector<model::Outcome> outcomes = TakeOutcomes(1, 1 << 20);
  ASSERT_EQ(outcomes.size(), 1u);
  EXPECT_EQ(std::get<model::TaskError>(outcomes[0].result).output.text, "step 1");
}

}  // namespace
}  // namespace orrery
