// One gRPC call of WorkerService.Session, and the events of the queue that it and its waker share.
//
// Threading: thread-compatible; AsyncNext of the queue may run meanwhile.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "base/check.h"
#include "grpcpp/channel.h"
#include "grpcpp/client_context.h"
#include "grpcpp/completion_queue.h"
#include "orrery/worker/v1/worker_service.grpc.pb.h"
#include "worker_sdk/cpp/session/grpc_channel.h"

namespace orrery {

// What the completion queue tells. There is one stream at a time, so its kind says it all.
enum class SessionEvent : std::uintptr_t {
  kWake = 1,
  kStarted,
  kRead,
  kWritten,
  kWritesDone,
  kFinished
};

inline void* TagOf(SessionEvent event) { return reinterpret_cast<void*>(event); }

// One call of Session. Every operation that is begun comes back as an event, even after Abort; the
// stream may be destroyed when is_over.
class SessionStream {
 public:
  SessionStream(const std::string& address, grpc::CompletionQueue& queue)
      : stub_(worker::v1::WorkerService::NewStub(OpenChannel(address))),
        call_(stub_->PrepareAsyncSession(&context_, &queue)) {
    call_->StartCall(Begin(SessionEvent::kStarted));
  }
  SessionStream(const SessionStream&) = delete;
  SessionStream& operator=(const SessionStream&) = delete;

  bool can_write() const { return is_started_ && !is_writing_ && !is_closing_; }
  bool is_over() const { return is_finished_ && outstanding_ == 0; }
  const worker::v1::SessionResponse& incoming() const { return incoming_; }
  const grpc::Status& status() const { return status_; }

  void Read() {
    if (!is_closing_) call_->Read(&incoming_, Begin(SessionEvent::kRead));
  }

  // Requires can_write().
  void Write(worker::v1::SessionRequest request) {
    CHECK(can_write());
    outgoing_ = std::move(request);
    is_writing_ = true;
    call_->Write(outgoing_, Begin(SessionEvent::kWritten));
  }

  // Says that nothing more comes; the controller ends the stream then. Requires can_write().
  void EndWriting() {
    CHECK(can_write());
    is_writing_ = true;
    call_->WritesDone(Begin(SessionEvent::kWritesDone));
  }

  void Abort() {
    context_.TryCancel();
    Finish();
  }

  // Accounts for an event of this stream. False: the operation has failed.
  bool OnEvent(SessionEvent event, bool ok) {
    --outstanding_;
    if (event == SessionEvent::kStarted) is_started_ = ok;
    if (event == SessionEvent::kWritten) is_writing_ = false;
    if (event == SessionEvent::kFinished) is_finished_ = true;
    // A failed write shows as a failed read too, which comes after what could still be read.
    if (!ok && (event == SessionEvent::kStarted || event == SessionEvent::kRead)) Finish();
    return ok;
  }

 private:
  void* Begin(SessionEvent event) {
    ++outstanding_;
    return TagOf(event);
  }

  void Finish() {
    if (std::exchange(is_closing_, true)) return;
    call_->Finish(&status_, Begin(SessionEvent::kFinished));
  }

  grpc::ClientContext context_;
  std::unique_ptr<worker::v1::WorkerService::Stub> stub_;
  std::unique_ptr<
      grpc::ClientAsyncReaderWriter<worker::v1::SessionRequest, worker::v1::SessionResponse>>
      call_;
  worker::v1::SessionRequest outgoing_;
  worker::v1::SessionResponse incoming_;
  grpc::Status status_;
  int outstanding_ = 0;
  bool is_started_ = false;
  bool is_writing_ = false;
  bool is_closing_ = false;
  bool is_finished_ = false;
};

}  // namespace orrery
