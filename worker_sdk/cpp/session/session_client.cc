#include "worker_sdk/cpp/session/session_client.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/blob_layout.h"
#include "base/check.h"
#include "base/log.h"
#include "base/mutex.h"
#include "base/status_macros.h"
#include "fmt/format.h"
#include "grpcpp/channel.h"
#include "grpcpp/client_context.h"
#include "grpcpp/completion_queue.h"
#include "orrery/worker/v1/worker_service.grpc.pb.h"
#include "worker_sdk/cpp/session/backoff.h"
#include "worker_sdk/cpp/session/grpc_channel.h"
#include "worker_sdk/cpp/session/queue_waker.h"

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

// What the completion queue tells. There is one stream at a time, so its kind says it all.
enum class Event : std::uintptr_t { kWake = 1, kStarted, kRead, kWritten, kWritesDone, kFinished };

void* TagOf(Event event) { return reinterpret_cast<void*>(event); }

// One call of Session. Every operation that is begun comes back as an event, even after Abort; the
// stream may be destroyed when is_over.
class Stream {
 public:
  Stream(const std::string& address, grpc::CompletionQueue& queue)
      : stub_(worker::v1::WorkerService::NewStub(OpenChannel(address))),
        call_(stub_->PrepareAsyncSession(&context_, &queue)) {
    call_->StartCall(Begin(Event::kStarted));
  }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  bool can_write() const { return is_started_ && !is_writing_ && !is_closing_; }
  bool is_over() const { return is_finished_ && outstanding_ == 0; }
  const SessionResponse& incoming() const { return incoming_; }
  const grpc::Status& status() const { return status_; }

  void Read() {
    if (!is_closing_) call_->Read(&incoming_, Begin(Event::kRead));
  }

  // Requires can_write().
  void Write(SessionRequest request) {
    CHECK(can_write());
    outgoing_ = std::move(request);
    is_writing_ = true;
    call_->Write(outgoing_, Begin(Event::kWritten));
  }

  // Says that nothing more comes; the controller ends the stream then. Requires can_write().
  void EndWriting() {
    CHECK(can_write());
    is_writing_ = true;
    call_->WritesDone(Begin(Event::kWritesDone));
  }

  void Abort() {
    context_.TryCancel();
    Finish();
  }

  // Accounts for an event of this stream. False: the operation has failed.
  bool OnEvent(Event event, bool ok) {
    --outstanding_;
    if (event == Event::kStarted) is_started_ = ok;
    if (event == Event::kWritten) is_writing_ = false;
    if (event == Event::kFinished) is_finished_ = true;
    // A failed write shows as a failed read too, which comes after what could still be read.
    if (!ok && (event == Event::kStarted || event == Event::kRead)) Finish();
    return ok;
  }

 private:
  void* Begin(Event event) {
    ++outstanding_;
    return TagOf(event);
  }

  void Finish() {
    if (std::exchange(is_closing_, true)) return;
    call_->Finish(&status_, Begin(Event::kFinished));
  }

  grpc::ClientContext context_;
  std::unique_ptr<worker::v1::WorkerService::Stub> stub_;
  std::unique_ptr<grpc::ClientAsyncReaderWriter<SessionRequest, SessionResponse>> call_;
  SessionRequest outgoing_;
  SessionResponse incoming_;
  grpc::Status status_;
  int outstanding_ = 0;
  bool is_started_ = false;
  bool is_writing_ = false;
  bool is_closing_ = false;
  bool is_finished_ = false;
};

}  // namespace

// The I/O thread.
class SessionClient::Loop {
 public:
  Loop(SessionOptions options, Parts parts)
      : options_(std::move(options)),
        parts_(parts),
        backoff_(parts.random),
        waker_(queue_, TagOf(Event::kWake)) {}

  SessionResult Run();
  void RequestDrain(std::string reason);

 private:
  // kWelcomed: the session is on. kLeaving: the worker has said its last word in it.
  enum class Phase { kDisconnected, kGreeting, kWelcomed, kLeaving };

  absl::Time Now() const { return parts_.clock.Now(); }
  absl::Time NextDeadline();
  void OnEvent(Event event, bool ok);
  void OnTime();
  void ShutDown();

  void Connect();
  void OnStreamOver();
  void Abort(const absl::Status& reason);

  void OnMessage(const SessionResponse& message);
  absl::Status OnWelcome(const worker::v1::Welcome& message);
  void OnRefused(const worker::v1::Refused& message);
  absl::Status OnSessionMessage(const SessionResponse& message);
  absl::Status OnAssign(const worker::v1::Assign& message);
  void OnGoodbye(const worker::v1::Goodbye& message);

  void TakeDrainRequest();
  // Writes the most urgent message there is, if the stream can take one.
  void WriteNext();
  std::optional<SessionRequest> NextRequest();
  std::optional<SessionRequest> NextLogs();
  std::optional<SessionRequest> NextHeartbeat();
  // Leaves if it is draining and holds nothing.
  void LeaveIfEmpty();

  const SessionOptions options_;
  const Parts parts_;
  Backoff backoff_;
  grpc::CompletionQueue queue_;
  QueueWaker waker_;

  Phase phase_ = Phase::kDisconnected;
  std::unique_ptr<Stream> stream_;
  std::optional<SessionResult> result_;
  // When phase_ ends by itself: connect again, or give up waiting.
  absl::Time phase_deadline_ = absl::UnixEpoch();
  absl::Time last_write_ = absl::InfinitePast();
  // When to look whether a heartbeat is due.
  absl::Time next_heartbeat_ = absl::InfinitePast();
  absl::Duration heartbeat_interval_ = absl::InfiniteDuration();
  bool reconnects_at_once_ = false;
  bool has_written_logs_last_ = false;
  bool is_draining_ = false;
  bool has_told_draining_ = false;
  std::string drain_reason_;

  Mutex drain_mutex_;
  std::optional<std::string> drain_request_ GUARDED_BY(drain_mutex_);
};

SessionResult SessionClient::Loop::Run() {
  parts_.board.SetWake([this] { waker_.Wake(); });
  while (!result_.has_value()) {
    void* tag = nullptr;
    bool ok = false;
    const auto deadline = absl::ToChronoTime(NextDeadline());
    const auto status = queue_.AsyncNext(&tag, &ok, deadline);
    if (status == grpc::CompletionQueue::GOT_EVENT) {
      OnEvent(static_cast<Event>(reinterpret_cast<std::uintptr_t>(tag)), ok);
    }
    OnTime();
    TakeDrainRequest();
    WriteNext();
    LeaveIfEmpty();
  }
  ShutDown();
  return *result_;
}

void SessionClient::Loop::ShutDown() {
  parts_.board.SetWake({});
  waker_.Close();
  if (stream_ != nullptr) stream_->Abort();
  queue_.Shutdown();
  void* tag = nullptr;
  bool ok = false;
  while (queue_.Next(&tag, &ok)) {
  }
  stream_.reset();
}

void SessionClient::Loop::RequestDrain(std::string reason) {
  {
    const MutexLock lock(drain_mutex_);
    if (!drain_request_.has_value()) drain_request_ = std::move(reason);
  }
  waker_.Wake();
}

absl::Time SessionClient::Loop::NextDeadline() {
  absl::Time next = phase_deadline_;
  if (phase_ == Phase::kWelcomed && stream_->can_write()) next = std::min(next, next_heartbeat_);
  const std::optional<absl::Time> grace =
      parts_.board.Ask([](const HeldAttempts& held) { return held.NextDeadline(); });
  if (grace.has_value()) next = std::min(next, *grace);
  // The clock of the queue ends sooner than absl's.
  return std::min(next, Now() + absl::Hours(1));
}

void SessionClient::Loop::OnEvent(Event event, bool ok) {
  if (event == Event::kWake) {
    waker_.Rearm();
    return;
  }
  CHECK(stream_ != nullptr);
  const bool has_worked = stream_->OnEvent(event, ok);
  if (has_worked && event == Event::kStarted) {
    absl::StatusOr<std::string> token = ReadStorageToken(options_.root);
    stream_->Write(MakeHello(
        {.identity = options_.identity,
         .storage_token = token.ok() ? *std::move(token) : std::string(),
         .held = parts_.board.Update([](HeldAttempts& held) { return held.Declare(); })}));
    stream_->Read();
  }
  if (has_worked && event == Event::kRead) {
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
  stream_ = std::make_unique<Stream>(options_.address, queue_);
}

void SessionClient::Loop::Abort(const absl::Status& reason) {
  LOG(WARNING, "session.aborted").With("address", options_.address).With("reason", reason);
  stream_->Abort();
}

void SessionClient::Loop::OnStreamOver() {
  const absl::Status status = ToStatus(stream_->status(), options_.address);
  stream_.reset();
  parts_.board.Update([](HeldAttempts& held) { held.Disconnect(); });
  const Phase phase = std::exchange(phase_, Phase::kDisconnected);
  if (phase == Phase::kLeaving) result_ = {SessionEnd::kLeft, drain_reason_};
  if (result_.has_value()) return;
  const absl::Duration wait = reconnects_at_once_ ? absl::ZeroDuration() : backoff_.Next();
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
  parts_.values.Configure(terms.storage_root, terms.inline_value_bytes_max);
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
  switch (message.message_case()) {
    case SessionResponse::kAssign:
      return OnAssign(message.assign());
    case SessionResponse::kCommitted:
      board.Update([&](HeldAttempts& held) { held.Commit(message.committed().sequence()); });
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
  const MutexLock lock(drain_mutex_);
  if (!drain_request_.has_value()) return;
  // What was assigned while the request was on its way is given back too.
  parts_.board.Update([](HeldAttempts& held) { held.ReleaseWaiting(); });
  is_draining_ = true;
  if (drain_reason_.empty()) drain_reason_ = *drain_request_;
}

void SessionClient::Loop::WriteNext() {
  if (phase_ != Phase::kWelcomed || !stream_->can_write()) return;
  std::optional<SessionRequest> request = NextRequest();
  if (!request.has_value()) return;
  has_written_logs_last_ = request->has_logs();
  stream_->Write(*std::move(request));
  last_write_ = Now();
}

std::optional<SessionRequest> SessionClient::Loop::NextRequest() {
  if (is_draining_ && !std::exchange(has_told_draining_, true)) return MakeDraining(drain_reason_);
  const std::vector<AttemptId> released =
      parts_.board.Update([](HeldAttempts& held) { return held.TakeReleased(); });
  if (!released.empty()) return MakeReleased(released);
  // A task's last words go before its outcome, but never in the way of outcomes for long.
  if (!has_written_logs_last_) {
    if (std::optional<SessionRequest> logs = NextLogs()) return logs;
  }
  const std::vector<Outcome> outcomes = parts_.board.Update([](HeldAttempts& held) {
    return held.TakeOutcomes(kOutcomesPerMessage, kOutcomeBytesPerMessage);
  });
  if (!outcomes.empty()) return MakeOutcomes(outcomes);
  if (std::optional<SessionRequest> logs = NextLogs()) return logs;
  return NextHeartbeat();
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

SessionClient::SessionClient(SessionOptions options, Parts parts)
    : loop_(std::make_unique<Loop>(std::move(options), parts)) {}

SessionClient::~SessionClient() = default;

SessionResult SessionClient::Run() { return loop_->Run(); }

void SessionClient::Drain(std::string reason) { loop_->RequestDrain(std::move(reason)); }

}  // namespace orrery
