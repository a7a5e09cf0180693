#include "tests/unit/worker_sdk/cpp/session/fake_controller.h"

#include <chrono>
#include <utility>

#include "absl/time/time.h"
#include "grpcpp/security/server_credentials.h"
#include "grpcpp/server_builder.h"
#include <gtest/gtest.h>

namespace orrery {
namespace {

constexpr absl::Duration kTimeout = absl::Seconds(20);

}  // namespace

class FakeController::Service : public worker::v1::WorkerService::Service {
 public:
  using Stream = grpc::ServerReaderWriter<Response, Request>;

  grpc::Status Session(grpc::ServerContext* context, Stream* stream) override {
    {
      const MutexLock lock(mutex_);
      context_ = context;
      stream_ = stream;
      if (is_dismissing_) stream->Write(Refusal());
    }
    Request request;
    while (stream->Read(&request)) {
      const MutexLock lock(mutex_);
      received_.push_back(request);
      changed_.NotifyAll();
    }
    const MutexLock lock(mutex_);
    if (stream_ == stream) stream_ = nullptr;
    changed_.NotifyAll();
    return grpc::Status::OK;
  }

  std::optional<Request> Receive() {
    const absl::Time deadline = absl::Now() + kTimeout;
    const MutexLock lock(mutex_);
    while (received_.empty()) {
      if (absl::Now() > deadline) return std::nullopt;
      changed_.WaitFor(mutex_, kTimeout);
    }
    Request request = std::move(received_.front());
    received_.pop_front();
    return request;
  }

  bool Send(const Response& response) {
    const MutexLock lock(mutex_);
    return stream_ != nullptr && stream_->Write(response);
  }

  void Dismiss() {
    const MutexLock lock(mutex_);
    is_dismissing_ = true;
    if (stream_ != nullptr) stream_->Write(Refusal());
  }

  bool AwaitEnd() {
    const absl::Time deadline = absl::Now() + kTimeout;
    const MutexLock lock(mutex_);
    while (stream_ != nullptr) {
      if (absl::Now() > deadline) return false;
      changed_.WaitFor(mutex_, kTimeout);
    }
    return true;
  }

  void Cut() {
    const MutexLock lock(mutex_);
    if (stream_ != nullptr) context_->TryCancel();
  }

 private:
  static Response Refusal() {
    Response response;
    response.mutable_refused()->set_message("dismissed");
    return response;
  }

  Mutex mutex_;
  CondVar changed_;
  std::deque<Request> received_ GUARDED_BY(mutex_);
  bool is_dismissing_ GUARDED_BY(mutex_) = false;
  grpc::ServerContext* context_ GUARDED_BY(mutex_) = nullptr;
  Stream* stream_ GUARDED_BY(mutex_) = nullptr;
};

FakeController::FakeController(const std::string& path) : service_(std::make_unique<Service>()) {
  grpc::ServerBuilder builder;
  builder.AddListeningPort("unix:" + path, grpc::InsecureServerCredentials());
  builder.RegisterService(service_.get());
  server_ = builder.BuildAndStart();
}

FakeController::~FakeController() {
  service_->Cut();
  server_->Shutdown(std::chrono::system_clock::now());
}

FakeController::Request FakeController::Receive() {
  std::optional<Request> request = service_->Receive();
  EXPECT_TRUE(request.has_value()) << "the worker said nothing";
  return request.value_or(Request());
}

FakeController::Request FakeController::ReceiveEvent() {
  while (true) {
    Request request = Receive();
    if (!request.has_heartbeat()) return request;
  }
}

void FakeController::Send(const Response& response) {
  EXPECT_TRUE(service_->Send(response)) << "no session is on";
}

void FakeController::Dismiss() { service_->Dismiss(); }

void FakeController::Cut() {
  service_->Cut();
  AwaitEnd();
}

void FakeController::AwaitEnd() {
  EXPECT_TRUE(service_->AwaitEnd()) << "the worker did not end the session";
}

FakeController::Response FakeController::Welcome(const Request& hello,
                                                 worker::v1::Verdict verdict) const {
  Response response;
  worker::v1::Welcome& welcome = *response.mutable_welcome();
  welcome.set_protocol_version(1);
  welcome.set_session_id("s1");
  welcome.set_epoch(1);
  welcome.mutable_heartbeat_interval()->set_seconds(60);
  welcome.set_inline_value_bytes_max(64 * 1024);
  for (const worker::v1::HeldAttempt& held : hello.hello().held()) {
    worker::v1::HeldVerdict& entry = *welcome.add_verdicts();
    *entry.mutable_attempt() = held.attempt();
    entry.set_verdict(verdict);
  }
  return response;
}

}  // namespace orrery
