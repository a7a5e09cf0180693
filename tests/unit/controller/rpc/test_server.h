// A real server with a real controller on its loop, a journal whose disk is the test's to command,
// and clients that speak raw gRPC through a unix socket.
//
// Threading: the loop has a thread of its own; the rest belongs to the test's.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/mutex.h"
#include "base/random.h"
#include "controller/blobs/blob_io_thread.h"
#include "controller/blobs/blob_store.h"
#include "controller/journal/memory_journal.h"
#include "controller/rpc/server.h"
#include "controller/runtime/checkpoint_sink.h"
#include "controller/runtime/controller.h"
#include "grpcpp/channel.h"
#include "grpcpp/client_context.h"
#include "model/rerun_plan.h"
#include "orrery/blob/v1/blob_service.grpc.pb.h"
#include "orrery/worker/v1/worker_service.grpc.pb.h"
#include "orrery/workflow/v1/workflow_service.grpc.pb.h"

namespace orrery::rpc {

// A journal that is as durable as the loop is quick, until the test holds or breaks it.
class TestJournal final : public journal::Journal {
 public:
  explicit TestJournal(journal::JournalListener listener) : journal_(std::move(listener)) {}

  absl::Status Replay(
      const std::function<absl::Status(journal::Lsn, const engine::Record&)>& visit) override {
    return journal_.Replay(visit);
  }
  absl::Status Scan(const std::function<absl::Status(journal::Lsn, const engine::Record&)>& visit)
      const override {
    return journal_.Scan(visit);
  }
  journal::Lsn Append(std::vector<engine::Record> records) override {
    const journal::Lsn lsn = journal_.Append(std::move(records));
    if (!is_held_) journal_.Sync();
    return lsn;
  }

  // On the loop thread.
  void Hold() { is_held_ = true; }
  void Fail() { journal_.Fail(absl::DataLossError("the disk is broken")); }

 private:
  journal::MemoryJournal journal_;
  bool is_held_ = false;
};

// The journal in memory belongs to the loop: it is read there.
class LoopHistories final : public runtime::HistorySource {
 public:
  LoopHistories(const journal::Journal& journal, runtime::Mailbox& mailbox)
      : journal_(journal), mailbox_(mailbox) {}

  void Load(
      engine::WorkflowNumber number,
      std::function<void(absl::StatusOr<std::shared_ptr<const engine::History>>)> done) override {
    mailbox_.Post(
        [this, number, done = std::move(done)] { done(runtime::ReadHistory(journal_, number)); });
  }
  void Plan(engine::WorkflowSubmitted submission, std::shared_ptr<const engine::History> history,
            std::function<void(absl::StatusOr<model::RerunPlan>)> done) override {
    const auto read = [](const Digest&) -> absl::StatusOr<std::string> {
      return absl::NotFoundError("no such blob");
    };
    mailbox_.Post([done = std::move(done), plan = engine::PlanRerun(std::move(submission), history,
                                                                    {}, read)] { done(plan); });
  }

 private:
  const journal::Journal& journal_;
  runtime::Mailbox& mailbox_;
};

// One worker's end of a session.
class TestWorker {
 public:
  explicit TestWorker(worker::v1::WorkerService::Stub& stub) : stream_(stub.Session(&context_)) {}
  ~TestWorker();

  void Send(const worker::v1::SessionRequest& request) { stream_->Write(request); }
  // Nothing once the stream has ended.
  std::optional<worker::v1::SessionResponse> Receive();
  // Ends the stream and says how it ended.
  grpc::Status Finish();

 private:
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReaderWriter<worker::v1::SessionRequest, worker::v1::SessionResponse>>
      stream_;
  bool is_finished_ = false;
};

class TestServer {
 public:
  TestServer();
  // Stops the loop, if it runs.
  ~TestServer();
  TestServer(const TestServer&) = delete;
  TestServer& operator=(const TestServer&) = delete;

  // Starts the loop and waits until it serves.
  void Start(Limits limits = {}, engine::Settings settings = {});
  // Runs the function on the loop thread and waits for it.
  void OnLoop(const std::function<void()>& function);
  // Stops the server and says how Run ended.
  ServerEnd StopAndWait();
  ServerEnd Wait();

  std::string socket_path() const { return directory_.path() + "/s"; }
  std::shared_ptr<grpc::Channel> NewChannel() const;

  // A submission of one node, "ada.double" of the input x, with the output y.
  static workflow::v1::SubmitWorkflowRequest DoubleWorkflow(const std::string& id);
  // Worker "ada" with the task "double".
  static worker::v1::SessionRequest AdaHello();
  static worker::v1::SessionRequest OutcomeOf(const worker::v1::Assignment& assignment,
                                              std::uint64_t sequence, const std::string& json);

 protected:
  TempDirectory directory_;
  SystemClock clock_;
  SystemRandom random_;
  std::optional<blobs::BlobStore> blob_store_;
  std::optional<Server> server_;
  std::optional<TestJournal> journal_;
  std::optional<blobs::BlobIoThread> blob_io_;
  std::optional<LoopHistories> histories_;
  runtime::NoCheckpoints checkpoints_;
  std::optional<runtime::Controller> controller_;

  Mutex log_mutex_;
  std::vector<std::string> log_ GUARDED_BY(log_mutex_);

  std::unique_ptr<workflow::v1::WorkflowService::Stub> workflows_;
  std::unique_ptr<worker::v1::WorkerService::Stub> workers_;
  std::unique_ptr<blob::v1::BlobService::Stub> blobs_;

 private:
  std::optional<ServerEnd> end_;
  std::thread loop_;
};

}  // namespace orrery::rpc
