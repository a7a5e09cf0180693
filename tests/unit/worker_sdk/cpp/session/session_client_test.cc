#include "worker_sdk/cpp/session/session_client.h"

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <thread>

#include "base/blob_layout.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/storage_proof.h"
#include "graph/codec/time_codec.h"
#include "model/outcome.h"
#include "orrery/worker/v1/worker_service.pb.h"
#include "tests/unit/worker_sdk/cpp/session/fake_controller.h"
#include "worker_sdk/cpp/session/slot_pool.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery {
namespace {

using ::testing::HasSubstr;
using worker::v1::SessionRequest;
using worker::v1::SessionResponse;

constexpr absl::Duration kAnswerMax = absl::Seconds(20);

// A worker whose tasks wait until the test ends them.
class SessionClientTest : public ::testing::Test {
 protected:
  void TearDown() override {
    for (std::uint64_t i = 1; i <= 3; ++i) End(i);
    if (io_.joinable()) {
      controller_->Dismiss();
      io_.join();
    }
    slots_.reset();
  }

  void StartController() { controller_.emplace(path_); }

  void StartWorker(int slots = 1) {
    graph::Catalog catalog{.worker = "w"};
    catalog.tasks.push_back({.name = "wait", .outputs = {{.name = "value"}}});
    client_ = std::make_unique<SessionClient>(
        SessionOptions{.address = "unix:" + path_,
                       .root = directory_.path(),
                       .worker = {.instance = Uuid::FromInteger(7),
                                  .host = "here",
                                  .slots = static_cast<std::uint32_t>(slots),
                                  .catalog = std::make_shared<const graph::Catalog>(catalog)},
                       .all_stuck_time = all_stuck_time_},
        SessionClient::Parts{
            .board = board_, .values = values_, .clock = clock_, .random = random_});
    slots_.emplace(*client_, slots, [this](const StartedAttempt& started) { return Run(started); });
    io_ = std::thread([this] { result_ = client_->Run(); });
  }

  // Ends when the test says so, or when it is cancelled.
  model::TaskResult Run(const StartedAttempt& started) {
    const std::uint64_t number = started.assignment->attempt.number;
    {
      const MutexLock lock(mutex_);
      ++executions_[number];
      changed_.NotifyAll();
    }
    while (!ends_at_once_ &&
           (!started.cancellation.WaitFor(absl::Milliseconds(2)) || ignores_cancellation_)) {
      const MutexLock lock(mutex_);
      if (ended_.contains(number)) break;
    }
    return model::Outputs{
        {"value", std::make_shared<graph::Value>(graph::JsonValue(std::to_string(number)))}};
  }

  void End(std::uint64_t number) {
    const MutexLock lock(mutex_);
    ended_.insert(number);
  }

  void AwaitExecution(std::uint64_t number) {
    const absl::Time deadline = absl::Now() + kAnswerMax;
    const MutexLock lock(mutex_);
    while (executions_[number] == 0) {
      ASSERT_LT(absl::Now(), deadline) << "attempt " << number << " did not start";
      changed_.WaitFor(mutex_, kAnswerMax);
    }
  }

  int Executions(std::uint64_t number) {
    const MutexLock lock(mutex_);
    return executions_[number];
  }

  // Takes the Hello and answers it.
  SessionRequest Greet(worker::v1::Verdict verdict = worker::v1::VERDICT_KEEP) {
    SessionRequest hello = controller_->Receive();
    EXPECT_TRUE(hello.has_hello());
    controller_->Send(controller_->Welcome(hello, verdict));
    return hello;
  }

  // The next message, which must be a heartbeat.
  worker::v1::Heartbeat AwaitHeartbeat() {
    SessionRequest request = controller_->Receive();
    EXPECT_TRUE(request.has_heartbeat());
    return request.heartbeat();
  }

  void Assign(std::uint64_t number, absl::Duration run_timeout = absl::InfiniteDuration()) {
    SessionResponse response;
    worker::v1::Assignment& assignment = *response.mutable_assign()->add_assignments();
    *assignment.mutable_attempt() = Id(number);
    assignment.mutable_node()->set_workflow_id(std::string(16, '\1'));
    assignment.mutable_node()->set_location("-.N1");
    assignment.add_wanted_outputs("value");
    assignment.set_inputs_digest(Sha256("inputs").ToBytes());
    if (run_timeout != absl::InfiniteDuration()) {
      graph::EncodeDuration(run_timeout, *assignment.mutable_run_timeout());
    }
    controller_->Send(response);
  }

  void Commit(std::uint64_t sequence) {
    SessionResponse response;
    response.mutable_committed()->set_sequence(sequence);
    controller_->Send(response);
  }

  SessionEnd AwaitResult() {
    io_.join();
    return result_->end;
  }

  // Returns true if `hello` reports a finished attempt. Fails the test if the message is not a
  // Hello.
  static bool HasFinished(const SessionRequest& hello) {
    EXPECT_TRUE(hello.has_hello());
    return !hello.has_hello() ||
           std::ranges::any_of(hello.hello().held(), [](const worker::v1::HeldAttempt& held) {
             return held.state() == worker::v1::HELD_STATE_FINISHED;
           });
  }

  static worker::v1::AttemptId Id(std::uint64_t number) {
    worker::v1::AttemptId id;
    id.set_epoch(1);
    id.set_number(number);
    return id;
  }

  TempDirectory directory_ = TempDirectory::Create().value();
  std::string path_ = directory_.path() + "/controller.sock";
  std::optional<FakeController> controller_;
  SystemClock clock_;
  SystemRandom random_;
  AttemptBoard board_{clock_};
  ValueStore values_{{.address = "unix:" + path_, .owner = "test"}};
  std::unique_ptr<SessionClient> client_;
  std::optional<SlotPool> slots_;
  std::thread io_;
  std::optional<SessionResult> result_;
  Limit all_stuck_time_ = SessionOptions().all_stuck_time;
  std::atomic<bool> ignores_cancellation_ = false;
  std::atomic<bool> ends_at_once_ = false;

  Mutex mutex_;
  CondVar changed_;
  std::map<std::uint64_t, int> executions_ GUARDED_BY(mutex_);
  std::set<std::uint64_t> ended_ GUARDED_BY(mutex_);
};

TEST_F(SessionClientTest, HelloSaysWhoAndWhat) {
  StartController();
  StartWorker();

  const worker::v1::Hello hello = Greet().hello();

  EXPECT_EQ(hello.instance_id(), std::string(15, '\0') + '\7');
  EXPECT_EQ(hello.catalog().worker(), "w");
  EXPECT_EQ(hello.catalog().tasks(0).name(), "wait");
  EXPECT_EQ(hello.slots(), 1u);
  EXPECT_EQ(hello.held_size(), 0);
}

TEST_F(SessionClientTest, EveryHelloBringsTheSameKey) {
  StartController();
  StartWorker();
  const std::string key = Greet().hello().session_key();
  EXPECT_EQ(key.size(), 32u);

  controller_->Cut();

  EXPECT_EQ(Greet().hello().session_key(), key);
}

TEST_F(SessionClientTest, HelloProvesThatTheRootCanBeWritten) {
  std::filesystem::create_directories(BlobTemporaryDirectory(directory_.path()));
  const std::string token = EnsureStorageToken(directory_.path(), random_).value();
  StartController();
  StartWorker();

  const worker::v1::Hello hello = controller_->Receive().hello();

  EXPECT_EQ(hello.storage_token(), token);
  EXPECT_TRUE(TakeStorageProof(directory_.path(), hello.storage_proof()));
}

TEST_F(SessionClientTest, RefusedWorkerReturnsWhenTheControllerSays) {
  StartController();
  StartWorker();
  controller_->Receive();
  SessionResponse refused;
  refused.mutable_refused()->set_reason(worker::v1::REFUSAL_REASON_NOT_ALLOWED);
  refused.mutable_refused()->set_retry(true);
  refused.mutable_refused()->mutable_retry_after()->set_seconds(1);
  const absl::Time at = clock_.Now();
  controller_->Send(refused);

  EXPECT_TRUE(Greet().has_hello());

  EXPECT_GE(clock_.Now() - at, absl::Seconds(1));
}

TEST_F(SessionClientTest, ASlotThatATaskHoldsBeyondItsTimeoutIsToldUntilTheTaskEnds) {
  StartController();
  StartWorker();
  Greet();
  ignores_cancellation_ = true;
  Assign(1, absl::Milliseconds(10));
  EXPECT_EQ(AwaitHeartbeat().stuck_slots(), 1u);
  EXPECT_EQ(controller_->ReceiveEvent().outcomes().outcomes(0).error().kind(),
            worker::v1::TASK_ERROR_KIND_TIMEOUT);

  End(1);

  EXPECT_EQ(AwaitHeartbeat().stuck_slots(), 0u);
}

TEST_F(SessionClientTest, WorkerWhoseSlotsAreAllStuckForLongLeaves) {
  all_stuck_time_.max = 50;
  StartController();
  StartWorker();
  Greet();
  ignores_cancellation_ = true;
  Assign(1, absl::Milliseconds(10));
  EXPECT_EQ(controller_->ReceiveEvent().outcomes().outcomes_size(), 1);

  const SessionRequest draining = controller_->ReceiveEvent();
  Commit(1);

  EXPECT_THAT(draining.draining().reason(), HasSubstr("limit all_stuck_time"));
  EXPECT_EQ(AwaitResult(), SessionEnd::kLeft);
}

TEST_F(SessionClientTest, AssignedAttemptRunsAndItsOutcomeIsSent) {
  StartController();
  StartWorker();
  Greet();
  Assign(1);
  End(1);

  const SessionRequest request = controller_->ReceiveEvent();

  ASSERT_EQ(request.outcomes().outcomes_size(), 1);
  const worker::v1::Outcome& outcome = request.outcomes().outcomes(0);
  EXPECT_EQ(outcome.attempt().number(), 1u);
  EXPECT_EQ(outcome.sequence(), 1u);
  EXPECT_EQ(outcome.outputs().values(0).name(), "value");
  EXPECT_EQ(outcome.outputs().values(0).value().inline_(), "1");
}

TEST_F(SessionClientTest, AsManyAttemptsRunAtOnceAsThereAreSlots) {
  StartController();
  StartWorker(/*slots=*/2);
  Greet();
  for (std::uint64_t i = 1; i <= 3; ++i) Assign(i);
  AwaitExecution(1);
  AwaitExecution(2);
  EXPECT_EQ(Executions(3), 0);

  End(1);

  EXPECT_EQ(controller_->ReceiveEvent().outcomes().outcomes(0).attempt().number(), 1u);
  AwaitExecution(3);
}

TEST_F(SessionClientTest, TheSessionGoesOnThoughATaskThatWasShortIsLong) {
  StartController();
  StartWorker();
  Greet();
  for (std::uint64_t i = 10; i < 40; ++i) {
    ends_at_once_ = true;
    Assign(i);
    controller_->ReceiveEvent();
  }
  ends_at_once_ = false;
  Assign(1);
  AwaitExecution(1);

  // Somebody reads on, and tells the task.
  SessionResponse cancel;
  *cancel.mutable_cancel()->add_attempts() = Id(1);
  cancel.mutable_cancel()->mutable_grace()->set_seconds(20);
  controller_->Send(cancel);

  const SessionRequest released = controller_->ReceiveEvent();
  ASSERT_EQ(released.released().attempts_size(), 1);
  EXPECT_EQ(released.released().attempts(0).number(), 1u);
}

TEST_F(SessionClientTest, ATaskThatStillRunsAfterTheSessionIsReported) {
  StartController();
  StartWorker();
  Greet();
  ignores_cancellation_ = true;
  Assign(1);
  AwaitExecution(1);
  controller_->Dismiss();
  EXPECT_EQ(AwaitResult(), SessionEnd::kRefused);

  EXPECT_FALSE(slots_->AwaitEnd(absl::ZeroDuration()));
  End(1);
  EXPECT_TRUE(slots_->AwaitEnd(absl::Minutes(1)));
}

TEST_F(SessionClientTest, WorkerThatStartsFirstFindsItsController) {
  StartWorker();

  StartController();

  EXPECT_TRUE(Greet().has_hello());
}

TEST_F(SessionClientTest, OutcomeThatWasNotCommittedIsSentAgainAfterTheConnectionIsLost) {
  StartController();
  StartWorker();
  Greet();
  Assign(1);
  End(1);
  controller_->ReceiveEvent();
  controller_->Cut();

  const worker::v1::Hello hello = Greet().hello();
  ASSERT_EQ(hello.held_size(), 1);
  EXPECT_EQ(hello.held(0).state(), worker::v1::HELD_STATE_FINISHED);
  EXPECT_EQ(hello.held(0).inputs_digest(), Sha256("inputs").ToBytes());
  EXPECT_EQ(hello.held(0).task(), "wait");
  const SessionRequest again = controller_->ReceiveEvent();

  EXPECT_EQ(again.outcomes().outcomes(0).attempt().number(), 1u);
  EXPECT_EQ(again.outcomes().outcomes(0).sequence(), 1u);
  EXPECT_EQ(Executions(1), 1);
}

TEST_F(SessionClientTest, CommittedOutcomeIsNotDeclaredAgain) {
  StartController();
  StartWorker();
  Greet();
  Assign(1);
  End(1);
  controller_->ReceiveEvent();
  Commit(1);
  // Messages after the commit are read after it.
  Assign(2);
  AwaitExecution(2);
  controller_->Cut();

  const worker::v1::Hello hello = Greet().hello();

  ASSERT_EQ(hello.held_size(), 1);
  EXPECT_EQ(hello.held(0).attempt().number(), 2u);
  EXPECT_EQ(hello.held(0).state(), worker::v1::HELD_STATE_RUNNING);
}

TEST_F(SessionClientTest, RunningTaskGoesOnThroughARestartOfTheController) {
  StartController();
  StartWorker();
  Greet();
  Assign(1);
  AwaitExecution(1);
  controller_.reset();
  StartController();

  Greet();
  End(1);
  const SessionRequest request = controller_->ReceiveEvent();

  EXPECT_EQ(request.outcomes().outcomes(0).attempt().number(), 1u);
  EXPECT_EQ(Executions(1), 1);
}

TEST_F(SessionClientTest, WaitingAttemptDoesNotStartWhileTheControllerIsAway) {
  StartController();
  StartWorker(/*slots=*/1);
  Greet();
  Assign(1);
  AwaitExecution(1);
  Assign(2);
  Assign(3);
  // The release of the third says that the second has arrived.
  SessionResponse revoke;
  *revoke.mutable_revoke()->add_attempts() = Id(3);
  controller_->Send(revoke);
  EXPECT_EQ(controller_->ReceiveEvent().released().attempts(0).number(), 3u);
  controller_.reset();
  StartController();
  // A Hello says that the worker knows; it is not welcomed before the slot is free.
  SessionRequest hello = controller_->Receive();
  End(1);
  while (!HasFinished(hello)) {
    controller_->Cut();
    hello = controller_->Receive();
  }

  EXPECT_EQ(hello.hello().held_size(), 2);
  EXPECT_EQ(Executions(2), 0);
  controller_->Send(controller_->Welcome(hello, worker::v1::VERDICT_KEEP));
  AwaitExecution(2);

  EXPECT_EQ(Executions(2), 1);
}

TEST_F(SessionClientTest, AbandonedAttemptsAreToldToStopAndDeleted) {
  StartController();
  StartWorker();
  Greet();
  Assign(1);
  AwaitExecution(1);
  controller_->Cut();
  Greet(worker::v1::VERDICT_ABANDON);

  // Its task ends by the cancellation, and its slot is free for the next.
  Assign(2);
  AwaitExecution(2);
  End(2);
  const SessionRequest request = controller_->ReceiveEvent();

  ASSERT_EQ(request.outcomes().outcomes_size(), 1);
  EXPECT_EQ(request.outcomes().outcomes(0).attempt().number(), 2u);
}

TEST_F(SessionClientTest, CancelledAttemptIsReleasedInsteadOfSent) {
  StartController();
  StartWorker();
  Greet();
  Assign(1);
  AwaitExecution(1);
  SessionResponse cancel;
  *cancel.mutable_cancel()->add_attempts() = Id(1);
  cancel.mutable_cancel()->mutable_grace()->set_seconds(60);
  controller_->Send(cancel);

  const SessionRequest request = controller_->ReceiveEvent();

  EXPECT_EQ(request.released().attempts(0).number(), 1u);
}

TEST_F(SessionClientTest, DrainFinishesWhatRunsAndGivesBackTheRest) {
  StartController();
  StartWorker();
  Greet();
  Assign(1);
  Assign(2);
  AwaitExecution(1);
  client_->Drain("enough");

  EXPECT_EQ(controller_->ReceiveEvent().draining().reason(), "enough");
  EXPECT_EQ(controller_->ReceiveEvent().released().attempts(0).number(), 2u);
  End(1);
  EXPECT_EQ(controller_->ReceiveEvent().outcomes().outcomes(0).attempt().number(), 1u);
  Commit(1);
  controller_->AwaitEnd();

  EXPECT_EQ(AwaitResult(), SessionEnd::kLeft);
  EXPECT_EQ(Executions(2), 0);
}

TEST_F(SessionClientTest, DrainAskedByTheControllerRunsWhatIsHeld) {
  StartController();
  StartWorker();
  Greet();
  Assign(1);
  Assign(2);
  End(1);
  End(2);
  SessionResponse drain;
  drain.mutable_drain()->set_reason("maintenance");
  controller_->Send(drain);

  int outcomes = 0;
  while (outcomes < 2) outcomes += controller_->ReceiveEvent().outcomes().outcomes_size();
  Commit(2);

  EXPECT_EQ(AwaitResult(), SessionEnd::kLeft);
}

TEST_F(SessionClientTest, GoodbyeEndsTheWorkerUnderItsTasks) {
  StartController();
  StartWorker();
  Greet();
  Assign(1);
  AwaitExecution(1);
  SessionResponse goodbye;
  goodbye.mutable_goodbye()->set_reason("shut down");
  controller_->Send(goodbye);

  EXPECT_EQ(AwaitResult(), SessionEnd::kLeft);
  EXPECT_TRUE(slots_->AwaitEnd(kAnswerMax));
}

TEST_F(SessionClientTest, RefusalForGoodEndsTheWorkerWithItsReason) {
  StartController();
  StartWorker();
  controller_->Receive();
  SessionResponse refused;
  refused.mutable_refused()->set_reason(worker::v1::REFUSAL_REASON_CATALOG_CLASH);
  refused.mutable_refused()->set_message("task wait differs from the one of w at elsewhere");
  controller_->Send(refused);

  EXPECT_EQ(AwaitResult(), SessionEnd::kRefused);
  EXPECT_THAT(result_->message, HasSubstr("elsewhere"));
}

TEST_F(SessionClientTest, RefusalForLaterAndRestartAreTriedAgain) {
  StartController();
  StartWorker();
  controller_->Receive();
  SessionResponse refused;
  refused.mutable_refused()->set_retry(true);
  controller_->Send(refused);
  Greet();
  SessionResponse restarting;
  restarting.mutable_restarting();
  controller_->Send(restarting);

  EXPECT_TRUE(Greet().has_hello());
}

TEST_F(SessionClientTest, SilentWorkerSendsHeartbeatsWithProgress) {
  StartController();
  StartWorker();
  const SessionRequest hello = controller_->Receive();
  SessionResponse welcome = controller_->Welcome(hello, worker::v1::VERDICT_KEEP);
  welcome.mutable_welcome()->mutable_heartbeat_interval()->set_seconds(0);
  welcome.mutable_welcome()->mutable_heartbeat_interval()->set_nanos(20'000'000);
  controller_->Send(welcome);
  Assign(1);
  AwaitExecution(1);
  board_.ReportProgress({{1, 1}, {.fraction = 0.5, .note = "half"}});

  SessionRequest request = controller_->Receive();
  while (request.heartbeat().progress_size() == 0) request = controller_->Receive();

  EXPECT_EQ(request.heartbeat().progress(0).fraction(), 0.5);
  EXPECT_EQ(request.heartbeat().progress(0).note(), "half");
}

TEST_F(SessionClientTest, LogsOfATaskComeBeforeItsOutcome) {
  StartController();
  StartWorker();
  Greet();
  Assign(1);
  AwaitExecution(1);
  board_.AppendLog({1, 1}, "it works");
  End(1);

  EXPECT_EQ(controller_->ReceiveEvent().logs().entries(0).text(), "it works");
  EXPECT_TRUE(controller_->ReceiveEvent().has_outcomes());
}

TEST_F(SessionClientTest, WelcomeWithoutVerdictsIsNotAccepted) {
  StartController();
  StartWorker();
  Greet();
  Assign(1);
  AwaitExecution(1);
  controller_->Cut();
  ASSERT_EQ(controller_->Receive().hello().held_size(), 1);
  controller_->Send(controller_->Welcome(SessionRequest(), worker::v1::VERDICT_KEEP));

  EXPECT_EQ(controller_->Receive().hello().held_size(), 1);
}

}  // namespace
}  // namespace orrery
