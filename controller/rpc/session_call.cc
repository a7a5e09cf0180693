#include "controller/rpc/session_call.h"

#include <utility>
#include <variant>

#include "absl/status/statusor.h"
#include "base/log.h"
#include "base/overload.h"
#include "base/secret.h"
#include "base/status_macros.h"
#include "base/utf8.h"
#include "controller/rpc/status.h"
#include "fmt/format.h"
#include "google/protobuf/arena.h"
#include "graph/codec/time_codec.h"
#include "model/attempt_id.h"
#include "model/codec/session_codec.h"
#include "model/outcome.h"
#include "model/worker.h"
#include "orrery/graph/v1/value.pb.h"
#include "rpc/message_size.h"

namespace orrery::rpc {
namespace {

Refusal::Reason FromRuntime(runtime::RefusalReason reason) {
  switch (reason) {
    case runtime::RefusalReason::kCatalogClash:
      return Refusal::Reason::kCatalogClash;
    case runtime::RefusalReason::kInvalidHello:
      return Refusal::Reason::kInvalidHello;
    case runtime::RefusalReason::kNotAllowed:
      return Refusal::Reason::kNotAllowed;
  }
  return Refusal::Reason::kInvalidHello;
}

Refusal FromRuntime(runtime::RefuseWorker refusal) {
  return {.reason = FromRuntime(refusal.reason),
          .message = std::move(refusal.message),
          .retry_after = refusal.retry_after};
}

}  // namespace

SessionCall::SessionCall(const SessionEnvironment& environment)
    : environment_(environment),
      stream_(&context_),
      outbox_({.attempts = limits().batch_attempts, .bytes = limits().batch_bytes}),
      log_(limits()) {}

SessionCall::~SessionCall() {
  environment_.sessions.turn_end().Remove(*this);
  environment_.sessions.Remove(id_);
}

void SessionCall::Await(const SessionEnvironment& environment) {
  const auto call = std::make_shared<SessionCall>(environment);
  call->in_queue_ = call;
  call->operations_ = 1;
  environment.service.RequestSession(&call->context_, &call->stream_, &environment.queue,
                                     &environment.queue, static_cast<Tag*>(&call->arrived_));
}

void SessionCall::OnArrived(bool is_ok) {
  if (!is_ok) {
    is_finished_ = true;
    Release();
    return;
  }
  Await(environment_);
  heard_at_ = environment_.sessions.clock().Now();
  const absl::StatusOr<runtime::SessionId> id = environment_.sessions.Open(*this);
  if (id.ok()) {
    id_ = *id;
    Read();
  } else {
    Close(id.status());
  }
  Release();
}

void SessionCall::Read() {
  ++operations_;
  stream_.Read(&request_, static_cast<Tag*>(&read_));
}

void SessionCall::OnRead(bool is_ok) {
  if (!is_ok) {
    Close(absl::OkStatus());  // The worker has ended the stream, or is cut off.
  } else if (!is_closing_) {
    heard_at_ = environment_.sessions.clock().Now();
    if (absl::Status status = Handle(); !status.ok()) Close(std::move(status));
    if (!is_closing_) Read();
  }
  Release();
}

absl::Status SessionCall::Handle() {
  if (ends_when_written_) return absl::OkStatus();  // It was told to go.
  if (request_.has_hello() == has_hello_) {
    return absl::InvalidArgumentError(has_hello_ ? "a session has one Hello, this is another"
                                                 : "the first message of a session is a Hello");
  }
  runtime::Controller& controller = environment_.sessions.controller();
  switch (request_.message_case()) {
    case Request::kHello:
      HandleHello();
      return absl::OkStatus();
    case Request::kOutcomes: {
      ASSIGN_OR_RETURN(std::vector<model::Outcome> outcomes,
                       FromProto(request_.outcomes(), limits()));
      for (const model::Outcome& outcome : outcomes) log_.End(outcome.attempt);
      controller.OnOutcomes(id_, std::move(outcomes));
      return absl::OkStatus();
    }
    case Request::kReleased: {
      std::vector<model::AttemptId> attempts = model::FromProto(request_.released().attempts());
      for (const model::AttemptId& attempt : attempts) log_.End(attempt);
      controller.OnReleased(id_, std::move(attempts));
      return absl::OkStatus();
    }
    case Request::kDraining:
      LOG(INFO, "worker.draining")
          .With("worker", worker_)
          .With("session", id_.value())
          .With("reason", ToUtf8(request_.draining().reason(), limits().reason_bytes.max));
      BeginLeaving();
      controller.OnDraining(id_);
      return absl::OkStatus();
    case Request::kLogs:
      HandleLogs();
      return absl::OkStatus();
    case Request::kHeartbeat:
      HandleProgress();
      return absl::OkStatus();
    case Request::MESSAGE_NOT_SET:
      break;
  }
  return absl::InvalidArgumentError("a message of a kind that this controller does not know");
}

void SessionCall::HandleHello() {
  has_hello_ = true;
  const absl::Duration delay = environment_.sessions.rate().Add(context_.peer(), heard_at_);
  if (delay > absl::ZeroDuration()) {
    const SessionRateSettings& rate = environment_.sessions.settings().rate;
    Refuse({.reason = Refusal::Reason::kNotAllowed,
            .message = fmt::format("workers at {} connect more often than {} times a second; "
                                   "retry later, and find out why their sessions end (limit {})",
                                   context_.peer(), rate.per_second.max, rate.per_second.name),
            .retry_after = delay});
    return;
  }
  const worker::v1::Hello& message = request_.hello();
  absl::StatusOr<runtime::WorkerHello> hello =
      FromProto(message, environment_.sessions.catalogs(), limits());
  if (!hello.ok()) {
    Refuse({.reason = absl::IsFailedPrecondition(hello.status()) ? Refusal::Reason::kProtocolVersion
                                                                 : Refusal::Reason::kInvalidHello,
            .message = std::string(hello.status().message())});
    return;
  }
  worker_ = hello->worker.catalog->worker;
  dies_with_controller_ = hello->worker.dies_with_controller;
  const SessionSettings& settings = environment_.sessions.settings();
  terms_.epoch = environment_.sessions.controller().epoch();
  terms_.message_bytes = MessageLimitOf(message.message_bytes_max());
  LOG(INFO, "worker.connected")
      .With("worker", worker_)
      .With("instance", hello->worker.instance.ToString())
      .With("host", hello->worker.host)
      .With("process", hello->worker.process_id)
      .With("slots", hello->worker.slots)
      .With("held", hello->held.size())
      .With("session", id_.value());
  hello->session = id_;
  hello_ = *std::move(hello);
  if (AreEqualSecrets(message.storage_token(), settings.storage_token)) {
    environment_.sessions.CheckStorage(id_, message.storage_proof());
  } else {
    Join();
  }
}

void SessionCall::OnStorageChecked(bool is_seen) {
  if (is_closing_ || ends_when_written_) return;
  const SessionSettings& settings = environment_.sessions.settings();
  if (is_seen) {
    terms_.storage_root = settings.storage_root;
    terms_.blobs_need_no_sync = settings.blobs_need_no_sync;
  } else {
    LOG(WARNING, "worker.storage_not_shared")
        .With("worker", worker_)
        .With("session", id_.value())
        .With("root", settings.storage_root);
  }
  Join();
}

void SessionCall::Join() {
  if (environment_.sessions.is_stopping()) {
    Refuse({.reason = Refusal::Reason::kStopping,
            .message = "the controller is about to stop",
            .retry_after = absl::ZeroDuration()});
    return;
  }
  environment_.sessions.controller().OnHello(*std::exchange(hello_, std::nullopt));
}

void SessionCall::HandleProgress() {
  const std::uint32_t stuck_slots = request_.heartbeat().stuck_slots();
  if (request_.heartbeat().progress().empty() && stuck_slots == stuck_slots_) return;
  if (stuck_slots != stuck_slots_) {
    LOG(WARNING, "worker.stuck_slots")
        .With("worker", worker_)
        .With("session", id_.value())
        .With("slots", stuck_slots);
  }
  stuck_slots_ = stuck_slots;
  runtime::ProgressReported reported = FromProto(request_.heartbeat());
  reported.session = id_;
  environment_.sessions.controller().OnProgress(std::move(reported));
}

void SessionCall::HandleLogs() {
  const LogSink& sink = environment_.sessions.settings().log;
  if (!sink) return;
  for (const worker::v1::LogEntry& entry : request_.logs().entries()) {
    const AttemptLog::Entry received{
        .attempt = model::FromProto(entry.attempt()),
        .at = entry.has_time() ? graph::DecodeTime(entry.time()) : heard_at_,
        .text = entry.text()};
    std::optional<AttemptLogLine> line = log_.Line(heard_at_, worker_, received);
    if (line.has_value()) sink(line->workflow, std::move(line->line));
  }
}

void SessionCall::Refuse(Refusal refusal) {
  LOG(WARNING, "worker.refused")
      .With("worker", worker_)
      .With("session", id_.value())
      .With("reason", refusal.message);
  outbox_.Add(std::move(refusal));
  ends_when_written_ = true;
  environment_.sessions.turn_end().Add(*this);
}

void SessionCall::Send(runtime::SessionCommand command) {
  if (is_closing_ || ends_when_written_) return;
  std::visit(
      Overload{[this](runtime::CloseSession& close) { Close(absl::AbortedError(close.reason)); },
               [this](runtime::RefuseWorker& refusal) { Refuse(FromRuntime(std::move(refusal))); },
               [this](runtime::WelcomeWorker& welcome) {
                 for (const runtime::HeldVerdict& verdict : welcome.verdicts) {
                   if (!verdict.node.has_value()) continue;
                   log_.Begin(verdict.attempt, verdict.node->workflow, verdict.node->location);
                 }
                 outbox_.Add(std::move(welcome));
               },
               [this](runtime::AssignAttempt& assignment) {
                 log_.Begin(assignment.attempt, assignment.workflow, assignment.location);
                 outbox_.Add(std::move(assignment));
               },
               [this](runtime::DrainWorker& drain) {
                 outbox_.Add(std::move(drain));
                 BeginLeaving();
               },
               [this](runtime::AcknowledgeOutcomes& acknowledgement) {
                 Acknowledge(std::move(acknowledgement));
               },
               [this](auto& other) { outbox_.Add(std::move(other)); }},
      command);
  if (!outbox_.is_empty()) environment_.sessions.turn_end().Add(*this);
}

void SessionCall::Acknowledge(runtime::AcknowledgeOutcomes acknowledgement) {
  if (!outbox_.has_acknowledgement()) {
    acknowledgement_due_ = environment_.sessions.clock().Now() + limits().acknowledgement_delay;
  }
  outbox_.Add(std::move(acknowledgement));
  if (is_leaving_ || !log_.has_open()) {
    outbox_.AcknowledgeNow();
  } else if (!std::exchange(acknowledges_later_, true)) {
    environment_.sessions.AcknowledgeLater(id_);
  }
}

void SessionCall::BeginLeaving() {
  is_leaving_ = true;
  acknowledgement_due_ = absl::InfinitePast();
  SendDueAcknowledgement();
}

void SessionCall::SendDueAcknowledgement() {
  acknowledges_later_ = false;
  if (!outbox_.has_acknowledgement()) return;
  // A message has brought an earlier one, and this one waits not so long yet.
  if (acknowledgement_due_ > environment_.sessions.clock().Now()) {
    acknowledges_later_ = true;
    environment_.sessions.AcknowledgeLater(id_);
    return;
  }
  outbox_.AcknowledgeNow();
  environment_.sessions.turn_end().Add(*this);
}

void SessionCall::SayFarewell(const std::string& reason) {
  if (is_closing_ || ends_when_written_) return;
  outbox_.Add(Farewell{
      .kind = dies_with_controller_ ? Farewell::Kind::kGoodbye : Farewell::Kind::kRestarting,
      .reason = reason});
  ends_when_written_ = true;
  environment_.sessions.turn_end().Add(*this);
}

void SessionCall::Close(absl::Status status) {
  if (is_closing_) return;
  is_closing_ = true;
  if (!worker_.empty()) {
    LOG(INFO, "worker.disconnected")
        .With("worker", worker_)
        .With("session", id_.value())
        .With("status", status);
  }
  close_status_ = std::move(status);
  // A write may wait for a peer that does not read any more.
  if (is_writing_) context_.TryCancel();
  environment_.sessions.Lost(id_);
  environment_.sessions.turn_end().Add(*this);
}

void SessionCall::OnTurnEnd() {
  if (is_writing_ || is_finishing_) return;
  if (!is_closing_ && WriteNext()) return;
  if (!is_closing_ && ends_when_written_) Close(absl::OkStatus());
  if (!is_closing_) return;
  is_finishing_ = true;
  ++operations_;
  stream_.Finish(ToGrpcStatus(close_status_), static_cast<Tag*>(&finished_));
}

bool SessionCall::WriteNext() {
  while (!outbox_.is_empty()) {
    google::protobuf::Arena arena;
    auto& response = *google::protobuf::Arena::CreateMessage<Response>(&arena);
    const SessionBatch batch = outbox_.Take();
    ToProto(batch, terms_, limits(), response);
    absl::Status status =
        CheckMessage(response, terms_.message_bytes, fmt::format("the message to {}", worker_),
                     "build the worker with a larger limit");
    if (status.ok()) {
      response.set_committed_sequence(outbox_.TakeAcknowledged());
      is_writing_ = true;
      ++operations_;
      stream_.Write(response, static_cast<Tag*>(&written_));
      return true;
    }
    const auto* assignments = std::get_if<std::vector<runtime::AssignAttempt>>(&batch);
    if (assignments == nullptr) {
      Close(std::move(status));
      return false;
    }
    for (std::size_t i = 0; i < assignments->size(); ++i) {
      FailDelivery((*assignments)[i], response.assign().assignments(static_cast<int>(i)));
    }
  }
  return false;
}

void SessionCall::FailDelivery(const runtime::AssignAttempt& assignment,
                               const worker::v1::Assignment& message) {
  const graph::v1::NamedValue* largest = nullptr;
  for (const graph::v1::NamedValue& input : message.inputs()) {
    if (largest == nullptr || input.ByteSizeLong() > largest->ByteSizeLong()) largest = &input;
  }
  const std::string advice = fmt::format(
      "pass fewer inputs, or lists of them; the largest is \"{}\" with {} bytes",
      largest == nullptr ? "" : largest->name(), largest == nullptr ? 0 : largest->ByteSizeLong());
  const absl::Status status = LimitExceeded(
      terms_.message_bytes, fmt::format("the message that assigns the attempt to {}", worker_),
      message.ByteSizeLong(), advice);
  LOG(WARNING, "attempt.undeliverable")
      .With("attempt", assignment.attempt.ToString())
      .With("worker", worker_)
      .With("status", status);
  log_.End(assignment.attempt);
  environment_.sessions.controller().OnUndeliverable(id_, assignment.attempt,
                                                     std::string(status.message()));
}

void SessionCall::OnWritten(bool is_ok) {
  is_writing_ = false;
  if (!is_ok) Close(absl::UnavailableError("the connection is lost"));
  environment_.sessions.turn_end().Add(*this);
  Release();
}

void SessionCall::OnFinished(bool) {
  is_finished_ = true;
  Release();
}

void SessionCall::Release() {
  if (--operations_ > 0 || !is_finished_) return;
  const std::shared_ptr<SessionCall> self = std::exchange(in_queue_, nullptr);
}

}  // namespace orrery::rpc
