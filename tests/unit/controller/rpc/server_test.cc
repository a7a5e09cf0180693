#include "controller/rpc/server.h"

#include <array>
#include <chrono>
#include <cstring>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "grpc/health/v1/health.grpc.pb.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/security/credentials.h"
#include "tests/unit/controller/rpc/server_fixture.h"
#include <gmock/gmock.h>

namespace orrery::rpc {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

namespace workflow_proto = orrery::workflow::v1;

class ServerTest : public ServerFixture {
 protected:
  // Connects a worker and lets it answer the first assignment.
  std::unique_ptr<TestWorker> AnswerOne(const std::string& json) {
    auto worker = std::make_unique<TestWorker>(*workers_);
    worker->Send(AdaHello());
    EXPECT_TRUE(worker->Receive()->has_welcome());
    const auto assign = worker->Receive();
    worker->Send(OutcomeOf(assign->assign().assignments(0), 1, json));
    EXPECT_EQ(worker->Receive()->committed().sequence(), 1u);
    return worker;
  }

  FileDescriptor Connect() const {
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    const std::string path = directory_.path() + "/s";
    std::memcpy(address.sun_path, path.data(), path.size());
    FileDescriptor socket(::socket(AF_UNIX, SOCK_STREAM, 0));
    EXPECT_EQ(connect(socket.value(), reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
    return socket;
  }

  grpc::Status ReadOutput(const std::string& id, const std::string& port,
                          workflow_proto::ReadOutputResponse& response) {
    grpc::ClientContext context;
    workflow_proto::ReadOutputRequest request;
    request.set_workflow_id(id);
    request.set_port(port);
    return workflows_->ReadOutput(&context, request, &response);
  }
};

TEST_F(ServerTest, WorkflowRunsFromSubmissionToItsOutput) {
  Start();
  const std::string id = Submit("207");

  const auto worker = AnswerOne("42");

  EXPECT_EQ(id, "00000000-0000-0000-0000-0000000000cf");
  const workflow_proto::Workflow workflow = Get(id);
  EXPECT_EQ(workflow.status(), workflow_proto::WORKFLOW_STATUS_SUCCEEDED);
  EXPECT_EQ(workflow.name(), "doubling");
  ASSERT_THAT(workflow.outputs(), SizeIs(1));
  EXPECT_EQ(workflow.outputs(0).value().inline_(), "42");
  workflow_proto::ReadOutputResponse output;
  EXPECT_TRUE(ReadOutput(id, "y", output).ok());
  EXPECT_EQ(output.value().inline_(), "42");
}

TEST_F(ServerTest, OutputThatIsNotThereIsRefusedWithTheReason) {
  Start();
  const std::string id = Submit("1");
  workflow_proto::ReadOutputResponse output;

  const grpc::Status early = ReadOutput(id, "y", output);
  const auto worker = AnswerOne("42");
  const grpc::Status wrong = ReadOutput(id, "z", output);

  EXPECT_EQ(early.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_THAT(early.error_message(), HasSubstr("still running"));
  EXPECT_EQ(wrong.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_THAT(wrong.error_message(), HasSubstr("no output \"z\"; it has: y"));
}

TEST_F(ServerTest, TraceOfWhatIsNoLoopIsRefusedWithTheReason) {
  Start();
  const std::string id = Submit("1");
  const auto trace = [&](const std::string& workflow, const std::string& loop) {
    grpc::ClientContext context;
    workflow_proto::GetTraceRequest request;
    request.set_workflow_id(workflow);
    request.set_loop(loop);
    workflow_proto::GetTraceResponse response;
    return workflows_->GetTrace(&context, request, &response);
  };

  EXPECT_EQ(trace(id, "fib").error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_THAT(trace(id, "fib").error_message(), HasSubstr("no loop \"fib\""));
  EXPECT_EQ(trace("2", "fib").error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(trace(id, "").error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(ServerTest, WatchTellsEachChangeUntilTheEnd) {
  Start();
  const std::string id = Submit("1");
  grpc::ClientContext context;
  workflow_proto::WatchWorkflowRequest request;
  request.set_workflow_id(id);
  const auto reader = workflows_->WatchWorkflow(&context, request);
  workflow_proto::WatchWorkflowResponse response;

  ASSERT_TRUE(reader->Read(&response));
  EXPECT_EQ(response.workflow().status(), workflow_proto::WORKFLOW_STATUS_RUNNING);
  const auto worker = AnswerOne("42");
  while (reader->Read(&response)) {
  }

  EXPECT_EQ(response.workflow().status(), workflow_proto::WORKFLOW_STATUS_SUCCEEDED);
  EXPECT_TRUE(reader->Finish().ok());
}

TEST_F(ServerTest, RunSubmitsAndTellsTheEnd) {
  Start();
  grpc::ClientContext context;
  workflow_proto::WatchWorkflowResponse response;

  const auto reader = workflows_->RunWorkflow(&context, DoubleWorkflow("1"));
  ASSERT_TRUE(reader->Read(&response));  // Nothing runs it yet, so that is told after a while.
  EXPECT_EQ(response.workflow().status(), workflow_proto::WORKFLOW_STATUS_RUNNING);
  const auto worker = AnswerOne("42");
  while (reader->Read(&response)) {
  }

  EXPECT_EQ(response.workflow().status(), workflow_proto::WORKFLOW_STATUS_SUCCEEDED);
  EXPECT_TRUE(reader->Finish().ok());
}

TEST_F(ServerTest, RunThatIsRefusedSaysWhy) {
  Start();
  grpc::ClientContext context;
  workflow_proto::SubmitWorkflowRequest request = DoubleWorkflow("1");
  request.mutable_graph()->clear_nodes();
  workflow_proto::WatchWorkflowResponse response;

  const auto reader = workflows_->RunWorkflow(&context, request);

  EXPECT_FALSE(reader->Read(&response));
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(ServerTest, RunGoesOnWhenItsCallerGoesAway) {
  Start();
  {
    grpc::ClientContext context;
    workflow_proto::WatchWorkflowResponse response;
    const auto reader = workflows_->RunWorkflow(&context, DoubleWorkflow("1"));
    ASSERT_TRUE(reader->Read(&response));
    context.TryCancel();
    reader->Finish();
  }

  const auto worker = AnswerOne("42");

  EXPECT_EQ(Get("1").status(), workflow_proto::WORKFLOW_STATUS_SUCCEEDED);
}

TEST_F(ServerTest, WatchOfAnUnknownWorkflowEndsAtOnce) {
  Start();
  grpc::ClientContext context;
  workflow_proto::WatchWorkflowRequest request;
  request.set_workflow_id("5");
  workflow_proto::WatchWorkflowResponse response;

  const auto reader = workflows_->WatchWorkflow(&context, request);

  EXPECT_FALSE(reader->Read(&response));
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::NOT_FOUND);
}

TEST_F(ServerTest, WatcherThatGoesAwayIsRemoved) {
  Start();
  const std::string id = Submit("1");
  {
    grpc::ClientContext context;
    workflow_proto::WatchWorkflowRequest request;
    request.set_workflow_id(id);
    const auto reader = workflows_->WatchWorkflow(&context, request);
    workflow_proto::WatchWorkflowResponse response;
    ASSERT_TRUE(reader->Read(&response));
    context.TryCancel();
    reader->Finish();
  }

  const auto worker = AnswerOne("42");

  EXPECT_EQ(Get(id).status(), workflow_proto::WORKFLOW_STATUS_SUCCEEDED);
}

TEST_F(ServerTest, SubmissionThatIsWrongIsRefusedWithTheReason) {
  Start();
  workflow_proto::SubmitWorkflowRequest no_uuid = DoubleWorkflow("neither");
  workflow_proto::SubmitWorkflowRequest large = DoubleWorkflow("1");
  large.mutable_inputs(0)->mutable_value()->set_inline_(std::string(70'000, '1'));
  workflow_proto::SubmitWorkflowRequest bad_graph = DoubleWorkflow("1");
  bad_graph.mutable_graph()->mutable_nodes(1)->mutable_inputs(0)->mutable_source()->set_node(9);

  std::vector<grpc::Status> statuses;
  for (const workflow_proto::SubmitWorkflowRequest& request : {no_uuid, large, bad_graph}) {
    grpc::ClientContext context;
    workflow_proto::SubmitWorkflowResponse response;
    statuses.push_back(workflows_->SubmitWorkflow(&context, request, &response));
  }

  for (const grpc::Status& status : statuses) {
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT) << status.error_message();
  }
  EXPECT_THAT(statuses[1].error_message(), HasSubstr("input \"x\" has 68.4 KiB, at most 64.0 KiB"));
  EXPECT_THAT(statuses[2].error_message(), HasSubstr("-.N1"));
}

TEST_F(ServerTest, AnswerToASubmissionWaitsForTheDisk) {
  Start();
  OnLoop([this] { journal_->Hold(); });
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::milliseconds(200));
  workflow_proto::SubmitWorkflowResponse response;

  const grpc::Status status = workflows_->SubmitWorkflow(&context, DoubleWorkflow("1"), &response);

  EXPECT_EQ(status.error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
}

TEST_F(ServerTest, BrokenDiskEndsTheServerAndAnswersWhoWaits) {
  Start();
  OnLoop([this] { journal_->Hold(); });
  grpc::Status status;
  std::thread client([&] {
    grpc::ClientContext context;
    workflow_proto::SubmitWorkflowResponse response;
    status = workflows_->SubmitWorkflow(&context, DoubleWorkflow("1"), &response);
  });
  // The submission has arrived once its record has been appended.
  bool has_arrived = false;
  while (!has_arrived) {
    OnLoop([&] { has_arrived = !controller_->is_idle(); });
  }
  OnLoop([this] { journal_->Fail(); });

  const ServerEnd end = Wait();
  client.join();

  EXPECT_EQ(end.reason, EndReason::kStorageFailed);
  EXPECT_THAT(std::string(end.status.message()), HasSubstr("the disk is broken"));
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
}

TEST_F(ServerTest, CancelledWorkflowSaysSo) {
  Start();
  const std::string id = Submit("1");
  const auto cancel = [&] {
    grpc::ClientContext context;
    workflow_proto::CancelWorkflowRequest request;
    request.set_workflow_id(id);
    request.set_reason("not needed");
    workflow_proto::CancelWorkflowResponse response;
    return workflows_->CancelWorkflow(&context, request, &response);
  };

  EXPECT_TRUE(cancel().ok());

  EXPECT_EQ(Get(id).status(), workflow_proto::WORKFLOW_STATUS_CANCELLED);
  EXPECT_TRUE(cancel().ok());
}

TEST_F(ServerTest, SettledWorkflowIsResumedAndRunAnew) {
  Start();
  const std::string id = Submit("1");
  grpc::ClientContext cancel_context;
  workflow_proto::CancelWorkflowRequest cancel;
  cancel.set_workflow_id(id);
  workflow_proto::CancelWorkflowResponse cancelled;
  ASSERT_TRUE(workflows_->CancelWorkflow(&cancel_context, cancel, &cancelled).ok());
  const auto rerun = [&](const std::string& new_id, const std::string& from) {
    grpc::ClientContext context;
    workflow_proto::RerunWorkflowRequest request;
    request.set_workflow_id(id);
    request.set_new_workflow_id(new_id);
    request.set_from_location(from);
    workflow_proto::RerunWorkflowResponse response;
    const grpc::Status status = workflows_->RerunWorkflow(&context, request, &response);
    return status.ok() ? response.workflow_id() : std::to_string(status.error_code());
  };
  const auto code = [](grpc::StatusCode status) { return std::to_string(status); };

  EXPECT_EQ(rerun(id, ""), code(grpc::StatusCode::ALREADY_EXISTS));
  EXPECT_EQ(rerun("", "N3"), code(grpc::StatusCode::INVALID_ARGUMENT));
  EXPECT_EQ(rerun("", "-.N3"), code(grpc::StatusCode::NOT_FOUND));
  const std::string other = rerun("", "");
  EXPECT_EQ(Get(other).source_workflow_id(), id);
  EXPECT_EQ(Get(other).status(), workflow_proto::WORKFLOW_STATUS_RUNNING);

  grpc::ClientContext context;
  workflow_proto::ResumeWorkflowRequest request;
  request.set_workflow_id(id);
  workflow_proto::ResumeWorkflowResponse response;
  EXPECT_TRUE(workflows_->ResumeWorkflow(&context, request, &response).ok());
  EXPECT_EQ(Get(id).status(), workflow_proto::WORKFLOW_STATUS_RUNNING);
  EXPECT_EQ(Get(id).source_workflow_id(), id);
}

TEST_F(ServerTest, ListShowsTheNewestFirstAPageAtATime) {
  Start();
  for (const char* id : {"1", "2", "3"}) Submit(id);
  std::vector<std::string> found;
  workflow_proto::ListWorkflowsRequest request;
  request.set_page_size(2);

  do {
    grpc::ClientContext context;
    workflow_proto::ListWorkflowsResponse response;
    ASSERT_TRUE(workflows_->ListWorkflows(&context, request, &response).ok());
    for (const auto& workflow : response.workflows()) found.push_back(workflow.workflow_id());
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());

  EXPECT_THAT(found, ElementsAre(Uuid::FromInteger(3).ToString(), Uuid::FromInteger(2).ToString(),
                                 Uuid::FromInteger(1).ToString()));
}

TEST_F(ServerTest, HeadersOverTheLimitEndTheCall) {
  Limits limits;
  limits.header_bytes.max = 1024;
  Start(limits);
  grpc::ClientContext context;
  context.AddMetadata("long", std::string(4096, 'x'));
  workflow_proto::ListWorkflowsResponse response;

  const grpc::Status status = workflows_->ListWorkflows(&context, {}, &response);

  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED) << status.error_message();
}

TEST_F(ServerTest, ConnectionWithoutCallsIsClosedAndOpensAgain) {
  Limits limits;
  limits.idle_time.max = 100;
  Start(limits);
  const std::shared_ptr<grpc::Channel> channel = NewChannel();
  const auto deadline = std::chrono::system_clock::now() + std::chrono::seconds(20);
  ASSERT_TRUE(channel->WaitForConnected(deadline));

  EXPECT_TRUE(channel->WaitForStateChange(GRPC_CHANNEL_READY, deadline));

  workflow_proto::ListWorkflowsResponse response;
  grpc::ClientContext context;
  context.set_wait_for_ready(true);
  const auto stub = workflow_proto::WorkflowService::NewStub(channel);
  EXPECT_TRUE(stub->ListWorkflows(&context, {}, &response).ok());
}

TEST_F(ServerTest, ClientWithoutAHandshakeIsDisconnected) {
  Limits limits;
  limits.handshake_time.max = 100;
  Start(limits);
  const FileDescriptor socket = Connect();
  const std::string_view preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
  ASSERT_EQ(send(socket.value(), preface.data(), preface.size(), 0),
            static_cast<ssize_t>(preface.size()));

  std::array<char, 1024> bytes{};
  while (recv(socket.value(), bytes.data(), bytes.size(), 0) > 0) {
  }  // A connection that stays open would block here.
}

TEST_F(ServerTest, CallsOverTheLimitOfAConnectionWait) {
  Limits limits;
  limits.calls_per_connection.max = 1;
  Start(limits);
  const auto stub = workflow_proto::WorkflowService::NewStub(NewChannel());
  workflow_proto::WatchWorkflowRequest watched;
  watched.set_workflow_id(Submit("207"));
  grpc::ClientContext watching;
  const auto watch = stub->WatchWorkflow(&watching, watched);
  workflow_proto::WatchWorkflowResponse shown;
  ASSERT_TRUE(watch->Read(&shown));

  grpc::ClientContext late;
  late.set_deadline(std::chrono::system_clock::now() + std::chrono::milliseconds(100));
  workflow_proto::ListWorkflowsResponse response;
  EXPECT_EQ(stub->ListWorkflows(&late, {}, &response).error_code(),
            grpc::StatusCode::DEADLINE_EXCEEDED);

  watching.TryCancel();
  watch->Finish();
  grpc::ClientContext next;
  EXPECT_TRUE(stub->ListWorkflows(&next, {}, &response).ok());
}

TEST_F(ServerTest, HealthIsServedForEachService) {
  Start();
  const auto health = grpc::health::v1::Health::NewStub(NewChannel());
  const auto check = [&](const std::string& service) {
    grpc::ClientContext context;
    grpc::health::v1::HealthCheckRequest request;
    request.set_service(service);
    grpc::health::v1::HealthCheckResponse response;
    const grpc::Status status = health->Check(&context, request, &response);
    return status.ok() ? grpc::StatusCode::OK : status.error_code();
  };

  EXPECT_EQ(check(""), grpc::StatusCode::OK);
  EXPECT_EQ(check("orrery.worker.v1.WorkerService"), grpc::StatusCode::OK);
  EXPECT_EQ(check("orrery.other"), grpc::StatusCode::NOT_FOUND);
}

TEST_F(ServerTest, SocketIsForItsOwnerAndTheTcpPortIsInTheFile) {
  Start();
  struct stat info = {};
  ASSERT_EQ(stat((directory_.path() + "/s").c_str(), &info), 0);
  const absl::StatusOr<std::string> port = ReadFile(directory_.path() + "/port", 100);
  ASSERT_TRUE(port.ok());

  const auto stub = workflow_proto::WorkflowService::NewStub(grpc::CreateChannel(
      "127.0.0.1:" + port->substr(0, port->find('\n')), grpc::InsecureChannelCredentials()));
  grpc::ClientContext context;
  workflow_proto::ListWorkersResponse response;

  EXPECT_EQ(info.st_mode & 0777U, 0600U);
  EXPECT_TRUE(stub->ListWorkers(&context, {}, &response).ok());
  EXPECT_THAT(response.workers(), IsEmpty());
}

TEST_F(ServerTest, StopTellsWatchersAndRemovesItsFiles) {
  Start();
  const std::string id = Submit("1");
  grpc::ClientContext context;
  workflow_proto::WatchWorkflowRequest request;
  request.set_workflow_id(id);
  const auto reader = workflows_->WatchWorkflow(&context, request);
  workflow_proto::WatchWorkflowResponse response;
  ASSERT_TRUE(reader->Read(&response));

  const ServerEnd end = StopAndWait();

  EXPECT_EQ(end.reason, EndReason::kStopped);
  EXPECT_FALSE(reader->Read(&response));
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
  struct stat info = {};
  EXPECT_NE(stat((directory_.path() + "/s").c_str(), &info), 0);
  EXPECT_NE(stat((directory_.path() + "/port").c_str(), &info), 0);
}

}  // namespace
}  // namespace orrery::rpc
