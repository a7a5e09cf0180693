#include "tests/unit/controller/rpc/test_server.h"

#include <future>
#include <utility>

#include "base/check.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/security/credentials.h"

namespace orrery::rpc {
namespace {

TempDirectory MakeDirectory() {
  absl::StatusOr<TempDirectory> directory = TempDirectory::Create("/dev/shm");
  CHECK(directory.ok());
  return *std::move(directory);
}

}  // namespace

TestWorker::~TestWorker() {
  if (is_finished_) return;
  context_.TryCancel();
  Finish();
}

std::optional<worker::v1::SessionResponse> TestWorker::Receive() {
  worker::v1::SessionResponse response;
  if (!stream_->Read(&response)) return std::nullopt;
  return response;
}

grpc::Status TestWorker::Finish() {
  is_finished_ = true;
  stream_->WritesDone();
  while (Receive().has_value()) {
  }
  return stream_->Finish();
}

TestServer::TestServer() : directory_(MakeDirectory()) {}

TestServer::~TestServer() {
  if (loop_.joinable()) StopAndWait();
}

void TestServer::Start(Limits limits, engine::Settings settings) {
  blob_store_.emplace(*blobs::BlobStore::Open({.root = directory_.path(), .sync = Sync::kNone}));
  ServerOptions options;
  options.listen = {{.unix_path = socket_path(), .host = "", .port = 0},
                    {.unix_path = "", .host = "127.0.0.1", .port = 0}};
  options.port_file = directory_.path() + "/port";
  options.sessions = {.storage_root = directory_.path(),
                      .storage_token = blob_store_->token(),
                      .log =
                          [this](const Uuid& workflow, std::string line) {
                            MutexLock lock(log_mutex_);
                            log_.push_back(workflow.ToString() + " " + std::move(line));
                          },
                      .limits = limits};
  server_.emplace(std::move(options), clock_, *blob_store_);
  journal_.emplace(journal::JournalListener{
      .on_durable =
          [this](journal::Lsn lsn) {
            const auto tell = [this, lsn] { controller_->OnDurable(lsn); };
            if (controller_->awaited_lsn().Reach(lsn)) {
              server_->mailbox().Post(tell);
            } else {
              server_->mailbox().PostForLater(tell);
            }
          },
      .on_failure =
          [this](const absl::Status& status) {
            server_->mailbox().Post([this, status] { controller_->OnJournalFailure(status); });
          }});
  blob_io_.emplace(*blob_store_, server_->mailbox(), 1 << 20);
  histories_.emplace(*journal_, server_->mailbox());
  controller_.emplace(runtime::ControllerDependencies{.clock = clock_,
                                                      .random = random_,
                                                      .journal = *journal_,
                                                      .transport = server_->transport(),
                                                      .blobs = *blob_io_,
                                                      .histories = *histories_,
                                                      .checkpoints = checkpoints_},
                      settings);
  std::promise<void> ready;
  loop_ = std::thread([this, &ready] {
    CHECK(controller_->Start().ok());
    end_ = server_->Run(*controller_, [&ready](const auto&) { ready.set_value(); });
  });
  ready.get_future().wait();
  const std::shared_ptr<grpc::Channel> channel = NewChannel();
  workflows_ = workflow::v1::WorkflowService::NewStub(channel);
  workers_ = worker::v1::WorkerService::NewStub(channel);
  blobs_ = blob::v1::BlobService::NewStub(channel);
}

void TestServer::OnLoop(const std::function<void()>& function) {
  std::promise<void> done;
  server_->mailbox().Post([&] {
    function();
    done.set_value();
  });
  done.get_future().wait();
}

ServerEnd TestServer::StopAndWait() {
  server_->Stop();
  return Wait();
}

ServerEnd TestServer::Wait() {
  loop_.join();
  return *end_;
}

std::shared_ptr<grpc::Channel> TestServer::NewChannel() const {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return grpc::CreateCustomChannel("unix:" + socket_path(), grpc::InsecureChannelCredentials(),
                                   arguments);
}

workflow::v1::SubmitWorkflowRequest TestServer::DoubleWorkflow(const std::string& id) {
  workflow::v1::SubmitWorkflowRequest request;
  request.set_workflow_id(id);
  request.set_name("doubling");
  request.set_wait_for_workers(true);
  request.mutable_graph()->add_nodes()->mutable_input()->set_name("x");
  graph::v1::Node& function = *request.mutable_graph()->add_nodes();
  function.mutable_function()->set_function_name("ada.double");
  graph::v1::NodeInput& wire = *function.add_inputs();
  wire.set_name("value");
  wire.mutable_source()->set_node(0);
  wire.mutable_source()->set_port("x");
  graph::v1::Node& output = *request.mutable_graph()->add_nodes();
  output.mutable_output();
  graph::v1::NodeInput& result = *output.add_inputs();
  result.set_name("y");
  result.mutable_source()->set_node(1);
  result.mutable_source()->set_port("value");
  graph::v1::NamedValue& input = *request.add_inputs();
  input.set_name("x");
  input.mutable_value()->set_inline_("21");
  input.mutable_value()->set_media_type("application/json");
  return request;
}

worker::v1::SessionRequest TestServer::AdaHello() {
  worker::v1::SessionRequest request;
  worker::v1::Hello& hello = *request.mutable_hello();
  hello.add_protocol_versions(1);
  hello.set_instance_id(Uuid::FromInteger(7).ToBytes());
  hello.set_session_key("the key of Ada's process");
  hello.set_host("here");
  hello.set_process_id(42);
  hello.set_slots(2);
  hello.mutable_catalog()->set_worker("ada");
  graph::v1::Task& task = *hello.mutable_catalog()->add_tasks();
  task.set_name("double");
  graph::v1::Port& input = *task.add_inputs();
  input.set_name("value");
  input.mutable_type()->set_simple(graph::v1::SIMPLE_TYPE_INT);
  input.add_formats("application/json");
  graph::v1::Port& output = *task.add_outputs();
  output.set_name("value");
  output.mutable_type()->set_simple(graph::v1::SIMPLE_TYPE_INT);
  output.add_formats("application/json");
  return request;
}

worker::v1::SessionRequest TestServer::OutcomeOf(const worker::v1::Assignment& assignment,
                                                 std::uint64_t sequence, const std::string& json) {
  worker::v1::SessionRequest request;
  worker::v1::Outcome& outcome = *request.mutable_outcomes()->add_outcomes();
  *outcome.mutable_attempt() = assignment.attempt();
  outcome.set_sequence(sequence);
  graph::v1::NamedValue& output = *outcome.mutable_outputs()->add_values();
  output.set_name("value");
  output.mutable_value()->set_inline_(json);
  output.mutable_value()->set_media_type("application/json");
  return request;
}

}  // namespace orrery::rpc
