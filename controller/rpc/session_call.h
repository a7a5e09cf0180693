// One worker's stream: what it says goes to the controller, what the controller says is written.
//
// A read is always outstanding, at most one write is. What is to be said during a turn, or while a
// write is on its way, is coalesced by the outbox.
//
// Threading: confined to the loop thread.
#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "controller/rpc/attempt_log.h"
#include "controller/rpc/session_codec.h"
#include "controller/rpc/session_outbox.h"
#include "controller/rpc/tag.h"
#include "controller/rpc/turn_end.h"
#include "controller/rpc/worker_sessions.h"
#include "controller/runtime/transport.h"
#include "grpcpp/completion_queue.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/async_stream.h"
#include "orrery/worker/v1/worker_service.grpc.pb.h"

namespace orrery::rpc {

// All outlive the calls.
struct SessionEnvironment {
  worker::v1::WorkerService::AsyncService& service;
  grpc::ServerCompletionQueue& queue;
  WorkerSessions& sessions;
};

class SessionCall final : public TurnEndListener {
 public:
  explicit SessionCall(const SessionEnvironment& environment);
  ~SessionCall();

  SessionCall(const SessionCall&) = delete;
  SessionCall& operator=(const SessionCall&) = delete;

  // Awaits the next stream; each that arrives awaits the one after it.
  static void Await(const SessionEnvironment& environment);

  // Says it to the worker when the turn ends, unless the session is over.
  void Send(runtime::SessionCommand command);
  // Says that the controller stops, then ends the session.
  void SayFarewell(const std::string& reason);
  // Ends the session.
  void Close(absl::Status status);

  absl::Time heard_at() const { return heard_at_; }

  void OnTurnEnd() override;

 private:
  using Request = worker::v1::SessionRequest;
  using Response = worker::v1::SessionResponse;

  void OnArrived(bool is_ok);
  void OnRead(bool is_ok);
  void OnWritten(bool is_ok);
  void OnFinished(bool is_ok);

  void Read();
  void Refuse(Refusal refusal);
  absl::Status Handle();
  void HandleHello();
  void HandleLogs();
  void HandleProgress();
  // One operation less is in the queue; the session's life may end here.
  void Release();

  const Limits& limits() const { return environment_.sessions.settings().limits; }

  const SessionEnvironment environment_;
  grpc::ServerContext context_;
  grpc::ServerAsyncReaderWriter<Response, Request> stream_;
  Request request_;

  MemberTag<SessionCall, &SessionCall::OnArrived> arrived_{*this};
  MemberTag<SessionCall, &SessionCall::OnRead> read_{*this};
  MemberTag<SessionCall, &SessionCall::OnWritten> written_{*this};
  MemberTag<SessionCall, &SessionCall::OnFinished> finished_{*this};

  // Itself, while the queue may hold one of its tags: the queue has no other way to own it.
  std::shared_ptr<SessionCall> in_queue_;
  int operations_ = 0;

  runtime::SessionId id_;
  std::string worker_;  // Its name; empty before the Hello.
  SessionTerms terms_;
  bool dies_with_controller_ = false;
  absl::Time heard_at_;
  SessionOutbox outbox_;
  AttemptLog log_;

  bool has_hello_ = false;
  bool is_writing_ = false;
  bool ends_when_written_ = false;  // The outbox ends with a last word.
  bool is_closing_ = false;         // Nothing more is heard or said.
  bool is_finishing_ = false;
  bool is_finished_ = false;
  absl::Status close_status_;
};

}  // namespace orrery::rpc
