#include "worker_sdk/cpp/session/session_loop.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/blob_layout.h"
#include "base/check.h"
#include "base/log.h"
#include "base/status_macros.h"
#include "fmt/format.h"

namespace orrery {
namespace {

using worker::v1::SessionRequest;
using worker::v1::SessionResponse;

constexpr std::size_t kOutcomesPerMessage = 1000;
constexpr std::size_t kOutcomeBytesPerMessage = 4 * 1024 * 1024;
// From the connection to the Welcome.
constexpr absl::Duration kHandshakeTime = absl::Seconds(30);
// How long a controller may take to end a stream that the worker has ended.
constexpr absl::Duration kGoodbyeTime = absl::Seconds(2);

}  // namespace

absl::Time SessionClient::Loop::NextDeadline() {
  absl::Time next = phase_deadline_;
  if (phase_ == Phase::kWelcomed && stream_->can_write()) next = std::min(next, next_heartbeat_);
  const std::optional<absl::Time> grace =
      parts_.board.Ask([](const HeldAttempts& held) { return held.NextDeadline(); });
  if (grace.has_value()) next = std::min(next, *grace);
  // The clock of the queue ends sooner than absl's.
  return std::min(next, Now() + absl::Hours(1));
}

void SessionClient::Loop::OnEvent(SessionEvent event, bool ok) {
  if (event == SessionEvent::kWake) {
    waker_.Rearm();
    return;
  }
  CHECK(stream_ != nullptr);
  const bool has_worked = stream_->OnEvent(event, ok);
  if (has_worked && event == SessionEvent::kStarted) {
    absl::StatusOr<std::string> token = ReadStorageToken(options_.root);
    stream_->Write(MakeHello(
        {.identity = options_.identity,
         .storage_token = token.ok() ? *std::move(token) : std::string(),
         .held = parts_.board.Update([](HeldAttempts& held) { return held.Declare(); })}));
    stream_->Read();
  }
  if (has_worked && event == SessionEvent::kRead) {
    OnMessage(stream_->incoming());
    stream_->Read();
  }
  if (stream_->is_over()) OnStreamOver();
}

void SessionClient::Loop::OnTime() {
  const absl::Time now = Now();
  parts_.board.Update([&](HeldAttempts& held) { held.Expire(now); });
  if (now < phase_deadline_) return;
  phase_deadline_ = absl::InfiniteFuture();
  switch (phase_) {
    case Phase::kDisconnected:
      Connect();
      break;
    case Phase::kGreeting:
      Abort(absl::DeadlineExceededError("no welcome came in time"));
      break;
    case Phase::kLeaving:
      Abort(absl::DeadlineExceededError("the stream was not ended in time"));
      break;
    case Phase::kWelcomed:
      break;
  }
}

void SessionClient::Loop::Connect() {
  phase_ = Phase::kGreeting;
  phase_deadline_ = Now() + kHandshakeTime;
  reconnects_at_once_ = false;
  stream_ = std::make_unique<SessionStream>(options_.address, queue_);
}

void SessionClient::Loop::Abort(const absl::Status& reason) {
  LOG(WARNING, "session.aborted").With("address", options_.address).With("reason", reason);
  stream_->Abort();
}

void SessionClient::Loop::OnStreamOver() {
  const absl::Status status = rpc::FromGrpcStatus(stream_->status(), options_.address);
  stream_.reset();
  parts_.board.Update([](HeldAttempts& held) { held.Disconnect(); });
  const Phase phase = std::exchange(phase_, Phase::kDisconnected);
  if (phase == Phase::kLeaving) result_ = {SessionEnd::kLeft, drain_reason_};
  if (result_.has_value()) return;
  const absl::Duration wait = reconnects_at_once_ ? absl::ZeroDuration() : backoff_.NextWithJitter(parts_.random);
  phase_deadline_ = Now() + wait;
  LOG(WARNING, "session.lost")
      .With("status", status)
      .With("retry_in_ms", absl::ToInt64Milliseconds(wait));
}

void SessionClient::Loop::OnMessage(const SessionResponse& message) {
  absl::Status status;
  if (message.has_refused()) {
    OnRefused(message.refused());
  } else if (message.has_welcome()) {
    status = OnWelcome(message.welcome());
  } else if (phase_ == Phase::kWelcomed || phase_ == Phase::kLeaving) {
    status = OnSessionMessage(message);
  } else {
    status = absl::InvalidArgumentError("the controller spoke before its welcome");
  }
  if (!status.ok()) Abort(status);
}

absl::Status SessionClient::Loop::OnWelcome(const worker::v1::Welcome& message) {
  if (phase_ != Phase::kGreeting) return absl::InvalidArgumentError("a second welcome came");
  ASSIGN_OR_RETURN(SessionTerms terms, ReadWelcome(message));
  parts_.values.Configure({.storage_root = terms.storage_root,
                           .inline_bytes_max = terms.inline_value_bytes_max,
                           .sync = terms.blobs_need_no_sync ? Sync::kNone : Sync::kSync});
  RETURN_IF_ERROR(
      parts_.board.Update([&](HeldAttempts& held) { return held.Resume(terms.verdicts); }));
  LOG(INFO, "session.started")
      .With("address", options_.address)
      .With("session", terms.session_id)
      .With("held", terms.verdicts.size());
  phase_ = Phase::kWelcomed;
  phase_deadline_ = absl::InfiniteFuture();
  heartbeat_interval_ = terms.heartbeat_interval;
  last_write_ = Now();
  next_heartbeat_ = last_write_ + heartbeat_interval_;
  has_told_draining_ = false;
  backoff_.Reset();
  return absl::OkStatus();
}

void SessionClient::Loop::OnRefused(const worker::v1::Refused& message) {
  LOG(ERROR, "session.refused")
      .With("reason", worker::v1::RefusalReason_Name(message.reason()))
      .With("message", message.message())
      .With("retry", message.retry());
  if (!message.retry()) result_ = {SessionEnd::kRefused, message.message()};
  stream_->Abort();
}

absl::Status SessionClient::Loop::OnSessionMessage(const SessionResponse& message) {
  AttemptBoard& board = parts_.board;
  const auto commit = [&](std::uint64_t sequence) {
    board.Update([&](HeldAttempts& held) { held.Commit(sequence); });
  };
  if (message.committed_sequence() > 0) commit(message.committed_sequence());
  switch (message.message_case()) {
    case SessionResponse::kAssign:
      return OnAssign(message.assign());
    case SessionResponse::kCommitted:
      commit(message.committed().sequence());
      return absl::OkStatus();
    case SessionResponse::kRevoke:
      board.Update([&](HeldAttempts& held) { held.Revoke(ReadRevoke(message.revoke())); });
      return absl::OkStatus();
    case SessionResponse::kCancel:
      board.Update([&](HeldAttempts& held) { held.Cancel(ReadCancel(message.cancel(), Now())); });
      return absl::OkStatus();
    case SessionResponse::kDrain:
      is_draining_ = true;
      drain_reason_ = message.drain().reason();
      return absl::OkStatus();
    case SessionResponse::kGoodbye:
      OnGoodbye(message.goodbye());
      return absl::OkStatus();
    case SessionResponse::kRestarting:
      reconnects_at_once_ = true;
      stream_->Abort();
      return absl::OkStatus();
    default:
      // A later minor version may say more; what is not understood is not needed.
      return absl::OkStatus();
  }
}

absl::Status SessionClient::Loop::OnAssign(const worker::v1::Assign& message) {
  std::vector<Assignment> assignments;
  for (const worker::v1::Assignment& each : message.assignments()) {
    ASSIGN_OR_RETURN(Assignment assignment, ReadAssignment(each, options_.identity.catalog));
    assignments.push_back(std::move(assignment));
  }
  parts_.board.Update([&](HeldAttempts& held) {
    for (Assignment& assignment : assignments) held.Assign(std::move(assignment));
  });
  return absl::OkStatus();
}

void SessionClient::Loop::OnGoodbye(const worker::v1::Goodbye& message) {
  parts_.board.Update([](HeldAttempts& held) { held.CancelRunning("the worker has to leave"); });
  result_ = {SessionEnd::kLeft, message.reason()};
  stream_->Abort();
}

void SessionClient::Loop::TakeDrainRequest() {
  if (!drain_request_.has_value()) return;
  // What was assigned while the request was on its way is given back too.
  parts_.board.Update([](HeldAttempts& held) { held.ReleaseWaiting(); });
  is_draining_ = true;
  if (drain_reason_.empty()) drain_reason_ = *drain_request_;
}

void SessionClient::Loop::WriteNext() {
  if (phase_ != Phase::kWelcomed || !stream_->can_write()) return;
  SessionRequest& request = stream_->NewRequest();
  if (!FillRequest(request)) return;
  has_written_logs_last_ = request.has_logs();
  stream_->Write(request);
  last_write_ = Now();
}

bool SessionClient::Loop::FillRequest(SessionRequest& request) {
  const auto fill = [&](std::optional<SessionRequest> next) {
    const bool has_next = next.has_value();
    if (has_next) request = *std::move(next);
    return has_next;
  };
  if (is_draining_ && !std::exchange(has_told_draining_, true)) {
    return fill(MakeDraining(drain_reason_));
  }
  const std::vector<AttemptId> released =
      parts_.board.Update([](HeldAttempts& held) { return held.TakeReleased(); });
  if (!released.empty()) return fill(MakeReleased(released));
  // A task's last words go before its outcome, but never in the way of outcomes for long.
  if (!has_written_logs_last_ && fill(NextLogs())) return true;
  parts_.board.Update([&](HeldAttempts& held) {
    held.TakeOutcomes(kOutcomesPerMessage, kOutcomeBytesPerMessage,
                      [&](const Outcome& outcome) { AddOutcome(outcome, request); });
  });
  return request.has_outcomes() || fill(NextLogs()) || fill(NextHeartbeat());
}

std::optional<SessionRequest> SessionClient::Loop::NextLogs() {
  const std::vector<LogEntry> logs = parts_.board.TakeLogs();
  if (logs.empty()) return std::nullopt;
  return MakeLogs(logs);
}

std::optional<SessionRequest> SessionClient::Loop::NextHeartbeat() {
  const absl::Time now = Now();
  if (now < next_heartbeat_) return std::nullopt;
  const std::vector<AttemptProgress> progress =
      parts_.board.Update([](HeldAttempts& held) { return held.TakeProgress(); });
  if (progress.empty() && now < last_write_ + heartbeat_interval_) {
    next_heartbeat_ = last_write_ + heartbeat_interval_;
    return std::nullopt;
  }
  next_heartbeat_ = now + heartbeat_interval_;
  return MakeHeartbeat(progress);
}

void SessionClient::Loop::LeaveIfEmpty() {
  if (!is_draining_ || result_.has_value()) return;
  if (!parts_.board.Ask([](const HeldAttempts& held) { return held.is_empty(); })) return;
  if (phase_ != Phase::kWelcomed && phase_ != Phase::kLeaving) {
    result_ = {SessionEnd::kLeft, drain_reason_};
    return;
  }
  if (phase_ == Phase::kLeaving || !stream_->can_write()) return;
  stream_->EndWriting();
  phase_ = Phase::kLeaving;
  phase_deadline_ = Now() + kGoodbyeTime;
}

}  // namespace orrery
