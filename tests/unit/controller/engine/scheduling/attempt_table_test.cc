#include "controller/engine/scheduling/attempt_table.h"

#include "model/attempt_id.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class AttemptTableTest : public ::testing::Test {
 protected:
  AttemptTableTest() {
    WorkerHello hello;
    hello.session = SessionId(1);
    hello.worker.instance = Uuid::FromInteger(1);
    hello.worker.catalog = std::make_shared<graph::Catalog>();
    worker_ = &workers_.Connect(hello, absl::UnixEpoch());
    attempts_.Begin(kAttempt, {.instance = hello.worker.instance}, absl::UnixEpoch());
  }

  static constexpr model::AttemptId kAttempt{1, 7};
  static constexpr model::AttemptId kFirst{1, 8};
  static constexpr model::AttemptId kSecond{1, 9};

  Settings settings_;
  WorkerTable workers_{settings_};
  AttemptTable attempts_{settings_, workers_};
  Worker* worker_ = nullptr;
};

TEST_F(AttemptTableTest, InvariantsHoldWhileAnAttemptRunsAndWhenItHasEnded) {
  EXPECT_TRUE(attempts_.CheckInvariants().ok());

  attempts_.End(kAttempt);

  EXPECT_TRUE(attempts_.CheckInvariants().ok());
  EXPECT_EQ(attempts_.Find(kAttempt), nullptr);
}

TEST_F(AttemptTableTest, AttemptThatItsWorkerDoesNotHoldBreaksAnInvariant) {
  worker_->attempts.clear();

  const absl::Status status = attempts_.CheckInvariants();

  EXPECT_EQ(status.code(), absl::StatusCode::kInternal);
  EXPECT_THAT(std::string(status.message()), HasSubstr("attempt 1.7 is not held by worker"));
}

TEST_F(AttemptTableTest, RevocationThatNobodyWasAskedForBreaksAnInvariant) {
  worker_->awaited_revocations = 2;
  workers_.Update(*worker_);

  const absl::Status status = attempts_.CheckInvariants();

  EXPECT_EQ(status.code(), absl::StatusCode::kInternal);
  EXPECT_THAT(std::string(status.message()), HasSubstr("awaits 2 revocations of 0"));
}

TEST_F(AttemptTableTest, AttemptsAreKnownByWorkflow) {
  attempts_.Begin(kSecond, {.workflow = WorkflowNumber(3), .instance = worker_->instance()}, {});
  attempts_.Begin(kFirst, {.workflow = WorkflowNumber(3), .instance = worker_->instance()}, {});

  EXPECT_THAT(attempts_.Of(WorkflowNumber(3)), ElementsAre(kFirst, kSecond));
  attempts_.End(kSecond);
  EXPECT_THAT(attempts_.Of(WorkflowNumber(3)), ElementsAre(kFirst));
  EXPECT_THAT(attempts_.Of(WorkflowNumber(4)), IsEmpty());
}

}  // namespace
}  // namespace orrery::engine
