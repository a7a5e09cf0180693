// The stream of one worker: passes its messages to the controller, and writes the controller's
// commands.
//
// One read is always pending, and at most one write. The outbox merges the messages of an iteration
// of the loop and those that wait for a write.
//
// Threading: confined to the loop thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
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

// All references must outlive the calls.
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

  // Accepts the next stream, and then each one after it.
  static void Await(const SessionEnvironment& environment);

  // Sends a command to the worker at the end of the iteration. Ignored if the session has ended.
  void Send(runtime::SessionCommand command);
  // Tells the worker that the controller stops, then ends the session.
  void SayFarewell(const std::string& reason);
  // Ends the session.
  void Close(absl::Status status);

  // The worker's storage proof was looked for, which its Hello waits for.
  void OnStorageChecked(bool is_seen);
  // Sends the acknowledgement that waits, if it has waited long enough.
  void SendDueAcknowledgement();

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
  // While the worker has other attempts, sends the acknowledgement with the next message or, if
  // none comes, after a delay.
  void Acknowledge(runtime::AcknowledgeOutcomes acknowledgement);
  void BeginLeaving();
  // Writes the next message. Returns false if the outbox is empty.
  bool WriteNext();
  // Tells the controller that the worker does not accept the assignment, because of its size.
  void FailDelivery(const runtime::AssignAttempt& assignment,
                    const worker::v1::Assignment& message);
  void Refuse(Refusal refusal);
  absl::Status Handle();
  void HandleHello();
  // Gives the Hello to the controller.
  void Join();
  void HandleLogs();
  void HandleProgress();
  // Counts one operation less in the queue. May delete the session.
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

  // Points to this object while the queue may hold one of its tags, and keeps it alive.
  std::shared_ptr<SessionCall> in_queue_;
  int operations_ = 0;

  runtime::SessionId id_;
  std::string worker_;  // The worker's name; empty before the Hello.
  SessionTerms terms_;
  std::optional<runtime::WorkerHello> hello_;  // Until Join.
  bool dies_with_controller_ = false;
  absl::Time heard_at_;
  std::uint32_t stuck_slots_ = 0;  // As the worker said last.
  SessionOutbox outbox_;
  AttemptLog log_;

  bool has_hello_ = false;
  bool is_writing_ = false;
  bool is_leaving_ = false;  // It was asked to drain, or drains: it waits for acknowledgements.
  bool acknowledges_later_ = false;  // SendDueAcknowledgement will be called.
  absl::Time acknowledgement_due_ = absl::InfiniteFuture();  // Of the one that waits.
  bool ends_when_written_ = false;                           // The outbox has its last message.
  bool is_closing_ = false;                                  // No more messages are read or sent.
  bool is_finishing_ = false;
  bool is_finished_ = false;
  absl::Status close_status_;
};

}  // namespace orrery::rpc
