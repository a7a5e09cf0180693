#include "controller/rpc/worker_sessions.h"

#include "base/mutex.h"
#include "base/random.h"
#include "base/storage_proof.h"
#include "tests/unit/controller/rpc/server_fixture.h"
#include <gmock/gmock.h>

namespace orrery::rpc {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

namespace worker_proto = orrery::worker::v1;

class WorkerSessionsTest : public ServerFixture {
 protected:
  std::unique_ptr<TestWorker> Connect(const worker_proto::SessionRequest& hello) {
    auto worker = std::make_unique<TestWorker>(*workers_);
    worker->Send(hello);
    EXPECT_TRUE(worker->Receive()->has_welcome());
    return worker;
  }
};

TEST_F(WorkerSessionsTest, WelcomeTellsTheTerms) {
  Start();
  TestWorker worker(*workers_);
  worker_proto::SessionRequest hello = AdaHello();
  SeededRandom random(7);
  const StorageProof proof = StorageProof::Make(directory_.path(), random).value();
  hello.mutable_hello()->set_storage_token(proof.token());
  hello.mutable_hello()->set_storage_proof(proof.name());

  worker.Send(hello);
  const auto response = worker.Receive();

  ASSERT_TRUE(response.has_value() && response->has_welcome());
  EXPECT_EQ(response->welcome().epoch(), 1u);
  EXPECT_EQ(response->welcome().heartbeat_interval().seconds(), 5);
  EXPECT_EQ(response->welcome().inline_value_bytes_max(), 65536u);
  EXPECT_EQ(response->welcome().storage_root(), directory_.path());
  EXPECT_FALSE(response->welcome().blobs_need_no_sync());
  EXPECT_EQ(response->welcome().session_key(), "the key of Ada's process");
}

TEST_F(WorkerSessionsTest, StorageRootIsToldOnlyToWhoProvesToSeeIt) {
  Start();
  TestWorker worker(*workers_);
  worker_proto::SessionRequest hello = AdaHello();
  hello.mutable_hello()->set_storage_token("guessed");

  worker.Send(hello);

  EXPECT_EQ(worker.Receive()->welcome().storage_root(), "");
}

TEST_F(WorkerSessionsTest, TokenAloneIsNoProof) {
  Start();
  TestWorker worker(*workers_);
  worker_proto::SessionRequest hello = AdaHello();
  hello.mutable_hello()->set_storage_token(blob_store_->token());
  hello.mutable_hello()->set_storage_proof(std::string(32, '0'));

  worker.Send(hello);

  EXPECT_EQ(worker.Receive()->welcome().storage_root(), "");
}

TEST_F(WorkerSessionsTest, AnotherProcessOfAConnectedInstanceIsRefused) {
  Start();
  const auto first = Connect(AdaHello());
  TestWorker second(*workers_);
  worker_proto::SessionRequest hello = AdaHello();
  hello.mutable_hello()->set_process_id(43);

  second.Send(hello);
  const auto response = second.Receive();

  ASSERT_TRUE(response.has_value());
  EXPECT_EQ(response->refused().reason(), worker_proto::REFUSAL_REASON_NOT_ALLOWED);
  EXPECT_FALSE(response->refused().retry());
  EXPECT_THAT(response->refused().message(), HasSubstr("process 42 on host here"));
}

TEST_F(WorkerSessionsTest, WhateverIsNoHelloEndsTheSession) {
  Start();
  TestWorker worker(*workers_);
  worker_proto::SessionRequest request;
  request.mutable_heartbeat();

  worker.Send(request);

  EXPECT_FALSE(worker.Receive().has_value());
  EXPECT_EQ(worker.Finish().error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(WorkerSessionsTest, OtherProtocolVersionIsRefusedForGood) {
  Start();
  TestWorker worker(*workers_);
  worker_proto::SessionRequest hello = AdaHello();
  hello.mutable_hello()->clear_protocol_versions();
  hello.mutable_hello()->add_protocol_versions(2);

  worker.Send(hello);
  const auto response = worker.Receive();

  ASSERT_TRUE(response.has_value());
  EXPECT_EQ(response->refused().reason(), worker_proto::REFUSAL_REASON_PROTOCOL_VERSION);
  EXPECT_FALSE(response->refused().retry());
  EXPECT_FALSE(worker.Receive().has_value());
}

TEST_F(WorkerSessionsTest, AWorkerNamedLikeTheBuiltinsIsRefusedAsAClash) {
  Start();
  TestWorker worker(*workers_);
  worker_proto::SessionRequest hello = AdaHello();
  hello.mutable_hello()->mutable_catalog()->set_worker("builtins");

  worker.Send(hello);
  const auto response = worker.Receive();

  ASSERT_TRUE(response.has_value());
  EXPECT_EQ(response->refused().reason(), worker_proto::REFUSAL_REASON_CATALOG_CLASH);
  EXPECT_THAT(response->refused().message(), HasSubstr("builtins"));
}

TEST_F(WorkerSessionsTest, AssignmentSaysAllThatTheTaskNeeds) {
  Start();
  Submit("207");

  const auto worker = Connect(AdaHello());
  const auto response = worker->Receive();

  ASSERT_TRUE(response.has_value());
  ASSERT_THAT(response->assign().assignments(), SizeIs(1));
  const worker_proto::Assignment& assignment = response->assign().assignments(0);
  EXPECT_EQ(assignment.node().workflow_id(), Uuid::FromInteger(207).ToBytes());
  EXPECT_EQ(assignment.node().location(), "-.N1");
  EXPECT_EQ(assignment.task_index(), 0u);
  ASSERT_THAT(assignment.inputs(), SizeIs(1));
  EXPECT_EQ(assignment.inputs(0).name(), "value");
  EXPECT_EQ(assignment.inputs(0).value().inline_(), "21");
  EXPECT_THAT(assignment.wanted_outputs(), ElementsAre("value"));
  EXPECT_THAT(assignment.inputs_digest(), SizeIs(32));
}

TEST_F(WorkerSessionsTest, WorkerThatComesBackKeepsWhatItHeld) {
  Start();
  Submit("207");
  auto worker = Connect(AdaHello());
  const worker_proto::Assignment assignment = worker->Receive()->assign().assignments(0);
  worker.reset();

  worker_proto::SessionRequest hello = AdaHello();
  worker_proto::HeldAttempt& held = *hello.mutable_hello()->add_held();
  *held.mutable_attempt() = assignment.attempt();
  *held.mutable_node() = assignment.node();
  held.set_task("double");
  held.set_inputs_digest(assignment.inputs_digest());
  held.set_state(worker_proto::HELD_STATE_FINISHED);
  worker = std::make_unique<TestWorker>(*workers_);
  worker->Send(hello);
  const auto welcome = worker->Receive();
  worker->Send(OutcomeOf(assignment, 1, "42"));

  ASSERT_THAT(welcome->welcome().verdicts(), SizeIs(1));
  EXPECT_EQ(welcome->welcome().verdicts(0).verdict(), worker_proto::VERDICT_KEEP);
  EXPECT_EQ(worker->Receive()->committed().sequence(), 1u);
  EXPECT_EQ(Get("207").status(), workflow::v1::WORKFLOW_STATUS_SUCCEEDED);
}

TEST_F(WorkerSessionsTest, AnAcknowledgementTravelsWithTheNextMessageWhileOtherAttemptsRun) {
  Limits limits;
  limits.acknowledgement_delay = absl::Hours(1);
  Start(limits);
  const auto worker = Connect(AdaHello());
  Submit("207");
  const worker_proto::Assignment first = worker->Receive()->assign().assignments(0);
  Submit("208");
  const worker_proto::Assignment second = worker->Receive()->assign().assignments(0);
  worker->Send(OutcomeOf(first, 1, "42"));
  while (Get("207").status() == workflow::v1::WORKFLOW_STATUS_RUNNING) continue;
  Submit("209");

  const auto response = worker->Receive();
  EXPECT_EQ(response->committed_sequence(), 1u);
  ASSERT_THAT(response->assign().assignments(), SizeIs(1));
  worker->Send(OutcomeOf(second, 2, "42"));
  worker->Send(OutcomeOf(response->assign().assignments(0), 3, "42"));
  EXPECT_EQ(worker->Receive()->committed().sequence(), 3u);
}

TEST_F(WorkerSessionsTest, NewConnectionOfAProcessEndsTheOldOne) {
  Start();
  const auto first = Connect(AdaHello());

  const auto second = Connect(AdaHello());

  EXPECT_FALSE(first->Receive().has_value());
  EXPECT_EQ(first->Finish().error_code(), grpc::StatusCode::ABORTED);
}

TEST_F(WorkerSessionsTest, SilentSessionIsClosed) {
  Start({.heartbeat_interval = absl::Milliseconds(50), .silent_intervals = {.max = 1}});
  const auto worker = Connect(AdaHello());

  EXPECT_FALSE(worker->Receive().has_value());
  EXPECT_EQ(worker->Finish().error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
}

TEST_F(WorkerSessionsTest, AStallOfTheControllerIsNotTheSilenceOfAWorker) {
  Start({.heartbeat_interval = absl::Milliseconds(200)});
  const auto worker = Connect(AdaHello());

  OnLoop([] {
    Mutex mutex;
    CondVar never;
    MutexLock lock(mutex);
    EXPECT_FALSE(never.WaitFor(mutex, absl::Seconds(1)));
  });
  worker_proto::SessionRequest heartbeat;
  heartbeat.mutable_heartbeat();
  worker->Send(heartbeat);
  Submit("207");

  const auto response = worker->Receive();
  ASSERT_TRUE(response.has_value()) << "the session was closed";
  EXPECT_TRUE(response->has_assign());
}

TEST_F(WorkerSessionsTest, OutputsThatCannotBeUsedFailTheTaskNotTheSession) {
  Start();
  Submit("207");
  const auto worker = Connect(AdaHello());
  const worker_proto::Assignment assignment = worker->Receive()->assign().assignments(0);
  worker_proto::SessionRequest request = OutcomeOf(assignment, 1, std::string(70'000, '1'));

  worker->Send(request);

  EXPECT_EQ(worker->Receive()->committed().sequence(), 1u);
  const workflow::v1::Workflow workflow = Get("207");
  EXPECT_EQ(workflow.status(), workflow::v1::WORKFLOW_STATUS_FAILED);
  EXPECT_EQ(workflow.error().location(), "-.N1");
  EXPECT_THAT(workflow.error().message(), HasSubstr("output \"value\" has 68.4 KiB"));
}

TEST_F(WorkerSessionsTest, LogEntriesBecomeLinesOfTheirWorkflow) {
  Start();
  Submit("207");
  const auto worker = Connect(AdaHello());
  const worker_proto::Assignment assignment = worker->Receive()->assign().assignments(0);
  worker_proto::SessionRequest logs;
  worker_proto::LogEntry& entry = *logs.mutable_logs()->add_entries();
  *entry.mutable_attempt() = assignment.attempt();
  entry.mutable_time()->set_seconds(1);
  entry.set_text("half way\n");

  worker->Send(logs);
  worker->Send(OutcomeOf(assignment, 1, "42"));
  ASSERT_TRUE(worker->Receive()->has_committed());

  MutexLock lock(log_mutex_);
  EXPECT_THAT(log_, ElementsAre("00000000-0000-0000-0000-0000000000cf "
                                "1970-01-01T00:00:01.000000Z ada -.N1 half way"));
}

TEST_F(WorkerSessionsTest, StoppingControllerSaysGoodbyeToThoseWhoDieWithIt) {
  Start();
  const auto lasting = Connect(AdaHello());
  worker_proto::SessionRequest hello = AdaHello();
  hello.mutable_hello()->set_instance_id(Uuid::FromInteger(8).ToBytes());
  hello.mutable_hello()->set_dies_with_controller(true);
  const auto mortal = Connect(hello);

  const ServerEnd end = StopAndWait();

  EXPECT_EQ(end.reason, EndReason::kStopped);
  EXPECT_TRUE(lasting->Receive()->has_restarting());
  EXPECT_TRUE(mortal->Receive()->has_goodbye());
}

TEST_F(WorkerSessionsTest, ManyReadyNodesComeInOneMessage) {
  Start();
  worker_proto::SessionRequest hello = AdaHello();
  hello.mutable_hello()->set_slots(20);
  for (int i = 1; i <= 10; ++i) Submit(std::to_string(i));

  const auto worker = Connect(hello);

  EXPECT_THAT(worker->Receive()->assign().assignments(), SizeIs(10));
}

}  // namespace
}  // namespace orrery::rpc
