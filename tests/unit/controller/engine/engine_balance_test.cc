// How much a worker is given in advance, and how what waits there comes to one with nothing to do.
#include "model/attempt_id.h"
#include "model/outcome.h"
#include "tests/unit/controller/engine/engine_fixture.h"

namespace orrery::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class EngineBalanceTest : public EngineFixture {
 protected:
  EngineBalanceTest() { Start(); }

  // The worker takes `took` for the attempt.
  void SucceedAfter(const AssignAttempt& attempt, absl::Duration took) {
    Advance(took);
    model::Outcome outcome{.attempt = attempt.attempt,
                           .sequence = ++sequences_[attempt.session],
                           .started_at = now_ - took,
                           .finished_at = now_,
                           .result = OutputsOf(attempt)};
    Step(OutcomesReceived{.session = attempt.session, .outcomes = {std::move(outcome)}});
  }
  std::vector<model::AttemptId> Revoked() const {
    std::vector<model::AttemptId> revoked;
    for (const RevokeAttempts& effect : FreeEffects<RevokeAttempts>()) {
      revoked.insert(revoked.end(), effect.attempts.begin(), effect.attempts.end());
    }
    return revoked;
  }
};

TEST_F(EngineBalanceTest, OfShortTasksAWorkerIsGivenWorkForAWhile) {
  Connect(kLeft);
  ASSERT_TRUE(Submit(Fan(1000)).ok());
  ASSERT_THAT(assigned_, SizeIs(1 + settings_.prefetch));

  SucceedAfter(assigned_[0], settings_.prefetch_work / 100);

  // Of the first ones nothing was known.
  EXPECT_THAT(assigned_, SizeIs(1 + settings_.prefetch + 100));
}

TEST_F(EngineBalanceTest, OfVeryShortTasksNoMoreThanTheLimit) {
  Connect(kLeft);
  ASSERT_TRUE(Submit(Fan(settings_.prefetched_attempts.max * 2)).ok());

  SucceedAfter(assigned_[0], absl::Nanoseconds(1));

  EXPECT_THAT(assigned_, SizeIs(1 + 1 + settings_.prefetched_attempts.max));
}

TEST_F(EngineBalanceTest, OfLongTasksItIsGivenFew) {
  Connect(kLeft);
  ASSERT_TRUE(Submit(Fan(100)).ok());

  SucceedAfter(assigned_[0], absl::Seconds(1));

  EXPECT_THAT(assigned_, SizeIs(1 + 1 + settings_.prefetch));
}

TEST_F(EngineBalanceTest, AClockThatWasSetBackSaysNothing) {
  Connect(kLeft);
  ASSERT_TRUE(Submit(Fan(100)).ok());

  SucceedAfter(assigned_[0], absl::ZeroDuration());

  EXPECT_THAT(assigned_, SizeIs(1 + 1 + settings_.prefetch));
}

TEST_F(EngineBalanceTest, WhatWaitsAtOneWorkerComesToAnotherWithNothingToDo) {
  const SessionId left = Connect(kLeft);
  ASSERT_TRUE(Submit(Fan(3)).ok());
  ASSERT_THAT(AssignedTo(left), SizeIs(3));
  const SessionId right = Connect(kRight);
  ASSERT_THAT(Revoked(), IsEmpty());

  Elapse(settings_.revoke_after);

  // The newest, as many as there are free slots.
  ASSERT_THAT(Revoked(), ElementsAre(assigned_[2].attempt));
  ASSERT_EQ(FreeEffects<RevokeAttempts>()[0].session, left);
  Release(assigned_[2]);
  ASSERT_THAT(AssignedTo(right), SizeIs(1));
  EXPECT_EQ(AssignedTo(right)[0].location, assigned_[2].location);
}

TEST_F(EngineBalanceTest, OneThatHadStartedStaysWhereItIs) {
  Connect(kLeft);
  ASSERT_TRUE(Submit(Fan(3)).ok());
  const SessionId right = Connect(kRight);
  Elapse(settings_.revoke_after);
  ASSERT_THAT(Revoked(), ElementsAre(assigned_[2].attempt));

  Succeed(assigned_[2]);
  Elapse(settings_.revoke_after);

  // So another is asked for.
  EXPECT_THAT(Revoked(), ElementsAre(assigned_[1].attempt));
  EXPECT_THAT(AssignedTo(right), IsEmpty());
}

TEST_F(EngineBalanceTest, NothingIsAskedForTwice) {
  Connect(kLeft);
  ASSERT_TRUE(Submit(Fan(3)).ok());
  Connect(kRight);
  Elapse(settings_.revoke_after);
  ASSERT_THAT(Revoked(), SizeIs(1));

  Advance(settings_.revoke_after);
  Step(Tick{});

  EXPECT_THAT(Revoked(), IsEmpty());
}

TEST_F(EngineBalanceTest, WhatWasAskedBeforeTheConnectionWasLostIsAskedAgain) {
  const SessionId left = Connect(kLeft);
  ASSERT_TRUE(Submit(Fan(3)).ok());
  Connect(kRight);
  Elapse(settings_.revoke_after);
  ASSERT_THAT(Revoked(), ElementsAre(assigned_[2].attempt));
  Step(SessionLost{left});

  Connect(kLeft, {.held = {HeldOf(assigned_[0]), HeldOf(assigned_[1]), HeldOf(assigned_[2])}});

  EXPECT_THAT(Revoked(), ElementsAre(assigned_[2].attempt));
}

TEST_F(EngineBalanceTest, WhatALostWorkerWasAskedForIsNoLongerAwaited) {
  const SessionId left = Connect(kLeft);
  ASSERT_TRUE(Submit(Fan(3)).ok());
  const SessionId right = Connect(kRight);
  Elapse(settings_.revoke_after);
  ASSERT_THAT(Revoked(), SizeIs(1));
  Step(SessionLost{left});

  Step(WorkerDied{kLeft, {.reason = "signal 9"}});

  EXPECT_THAT(AssignedTo(right), SizeIs(3));
}

TEST_F(EngineBalanceTest, AWorkerThatLeftAndCameBackHasAskedForNothing) {
  Connect(kLeft);
  ASSERT_TRUE(Submit(Fan(3)).ok());
  const SessionId right = Connect(kRight);
  Elapse(settings_.revoke_after);
  ASSERT_THAT(Revoked(), ElementsAre(assigned_[2].attempt));

  Step(SessionLost{right});
  Connect(kRight);

  EXPECT_THAT(Revoked(), ElementsAre(assigned_[2].attempt));
}

TEST_F(EngineBalanceTest, WhatOneWorkerAskedForIsNotAskedForByAnother) {
  Connect(kLeft);
  ASSERT_TRUE(Submit(Fan(3)).ok());
  Connect(kRight);
  Elapse(settings_.revoke_after);
  ASSERT_THAT(Revoked(), ElementsAre(assigned_[2].attempt));

  Connect(Uuid::FromInteger(3));

  EXPECT_THAT(Revoked(), ElementsAre(assigned_[1].attempt));
}

TEST_F(EngineBalanceTest, AnAbandonedAttemptIsNotAskedFor) {
  Connect(kLeft);
  ASSERT_TRUE(Submit(Fan(3)).ok());
  ASSERT_TRUE(Cancel().ok());
  Connect(kRight);

  Elapse(settings_.revoke_after);

  EXPECT_THAT(Revoked(), IsEmpty());
}

TEST_F(EngineBalanceTest, NothingIsAskedForByADrainingWorker) {
  Connect(kLeft);
  ASSERT_TRUE(Submit(Fan(3)).ok());
  Step(WorkerDraining{Connect(kRight)});

  Elapse(settings_.revoke_after);

  EXPECT_THAT(Revoked(), IsEmpty());
}

TEST_F(EngineBalanceTest, NothingIsAskedForByAWorkerBeforeItsJoiningIsDurable) {
  Connect(kLeft);
  ASSERT_TRUE(Submit(Fan(3)).ok());
  is_disk_fast_ = false;
  Connect(kRight);

  Elapse(settings_.revoke_after);

  EXPECT_THAT(Revoked(), IsEmpty());
}

TEST_F(EngineBalanceTest, NothingIsAskedForByAWorkerThatDoesNotOfferTheTask) {
  Connect(kLeft);
  ASSERT_TRUE(Submit(Fan(3)).ok());
  auto catalog = *AdaCatalog();
  catalog.worker = "bob";
  Connect(kRight, {.catalog = std::make_shared<const graph::Catalog>(std::move(catalog))});

  Elapse(settings_.revoke_after);

  EXPECT_THAT(Revoked(), IsEmpty());
}

}  // namespace
}  // namespace orrery::engine
