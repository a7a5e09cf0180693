// One gRPC call of WorkerService.Session, and the events of the queue that it and its waker share.
//
// Threading: thread-compatible; AsyncNext of the queue may run meanwhile.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "base/check.h"
#include "base/limit.h"
#include "base/status_macros.h"
#include "google/protobuf/arena.h"
#include "grpcpp/channel.h"
#include "grpcpp/client_context.h"
#include "grpcpp/completion_queue.h"
#include "orrery/worker/v1/worker_service.grpc.pb.h"
#include "rpc/channel.h"
#include "rpc/message_size.h"

namespace orrery {

// An event of the completion queue. There is one stream at a time, so the kind identifies it.
enum class SessionEvent : std::uintptr_t {
  kWake = 1,
  kStarted,
  kRead,
  kWritten,
  kWritesDone,
  kFinished
};

inline void* TagOf(SessionEvent event) { return reinterpret_cast<void*>(event); }

// One call of Session. Every operation ends with an event, even after Abort; the stream may be
// destroyed when is_over returns true.
class SessionStream {
 public:
  SessionStream(const std::string& address, grpc::CompletionQueue& queue)
      : stub_(worker::v1::WorkerService::NewStub(rpc::OpenChannel(address))),
        call_(stub_->PrepareAsyncSession(&context_, &queue)) {
    call_->StartCall(Begin(SessionEvent::kStarted));
  }
  SessionStream(const SessionStream&) = delete;
  SessionStream& operator=(const SessionStream&) = delete;

  bool can_write() const { return is_started_ && !is_writing_ && !is_closing_; }
  bool is_over() const { return is_finished_ && outstanding_ == 0; }
  // Valid until the next Read.
  const worker::v1::SessionResponse& incoming() const { return *incoming_; }
  const grpc::Status& status() const { return status_; }

  void Read() {
    if (is_closing_) return;
    incoming_arena_.Reset();
    incoming_ = Arena::CreateMessage<worker::v1::SessionResponse>(&incoming_arena_);
    call_->Read(incoming_, Begin(SessionEvent::kRead));
  }

  // An empty message to be filled and written, if there is anything to say.
  worker::v1::SessionRequest& NewRequest() {
    outgoing_arena_.Reset();
    return *Arena::CreateMessage<worker::v1::SessionRequest>(&outgoing_arena_);
  }
  // Requires can_write(). Writes nothing and returns both sizes if the message is too large.
  absl::Status Write(const worker::v1::SessionRequest& request, const Limit& message_bytes) {
    CHECK(can_write());
    RETURN_IF_ERROR(rpc::CheckMessage(request, message_bytes, "the message to the controller",
                                      "this is a bug of the worker SDK"));
    is_writing_ = true;
    call_->Write(request, Begin(SessionEvent::kWritten));
    return absl::OkStatus();
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
  using Arena = google::protobuf::Arena;
  static constexpr std::size_t kArenaBytes = 4096;

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
  // Messages of many small parts, which are given back together.
  alignas(std::max_align_t) char outgoing_block_[kArenaBytes];
  Arena outgoing_arena_{outgoing_block_, sizeof(outgoing_block_)};
  alignas(std::max_align_t) char incoming_block_[kArenaBytes];
  Arena incoming_arena_{incoming_block_, sizeof(incoming_block_)};
  worker::v1::SessionResponse* incoming_ = nullptr;
  grpc::Status status_;
  int outstanding_ = 0;
  bool is_started_ = false;
  bool is_writing_ = false;
  bool is_closing_ = false;
  bool is_finished_ = false;
};

}  // namespace orrery
