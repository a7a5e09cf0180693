#include "worker_sdk/cpp/session/session_client.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/backoff.h"
#include "base/check.h"
#include "base/limit.h"
#include "base/log.h"
#include "base/mutex.h"
#include "base/recent_duration.h"
#include "base/secret.h"
#include "base/status_macros.h"
#include "base/storage_proof.h"
#include "fmt/format.h"
#include "graph/codec/time_codec.h"
#include "model/attempt_id.h"
#include "model/codec/session_codec.h"
#include "model/outcome.h"
#include "rpc/channel.h"
#include "rpc/message_size.h"
#include "rpc/queue_waker.h"
#include "worker_sdk/cpp/session/session_stream.h"

namespace orrery {
namespace {

using worker::v1::SessionRequest;
using worker::v1::SessionResponse;

// From the connection to the Welcome.
constexpr absl::Duration kHandshakeTime = absl::Seconds(30);
// How long a controller may take to end a stream that the worker has ended.
constexpr absl::Duration kGoodbyeTime = absl::Seconds(2);

// A task that takes so long is not worth a change of threads.
constexpr absl::Duration kShortTask = absl::Microseconds(100);
// How often somebody looks whether a short task is one.
constexpr absl::Duration kWatchInterval = absl::Milliseconds(10);
// How long a thread runs one short task after the other before it polls in between.
constexpr absl::Duration kPollInterval = absl::Microseconds(200);

}  // namespace

// The state that the threads share. One lock guards everything; the wait for the queue's next event
// is done without it.
class SessionClient::Loop {
 public:
  Loop(SessionOptions options, Parts parts)
      : options_(std::move(options)),
        parts_(parts),
        waker_(queue_, TagOf(SessionEvent::kWake)),
        session_key_(NewSecret(parts.random)) {
    parts_.board.SetWake([this] { waker_.Wake(); });
  }

  SessionResult Run();
  std::optional<StartedAttempt> NextAttempt();
  void Finish(const StartedAttempt& started, model::TaskResult result);
  void RequestDrain(std::string reason);

 private:
  // kWelcomed: the session is on. kLeaving: the worker has said its last word in it.
  enum class Phase { kDisconnected, kGreeting, kWelcomed, kLeaving };

  absl::Time Now() const { return parts_.clock.Now(); }
  bool CanStart() REQUIRES(mutex_);
  // Threads that still run a task whose attempt has ended: it ignores its timeout or cancellation.
  std::uint32_t StuckSlots() REQUIRES(mutex_);
  // Drains the worker if nothing could begin for too long.
  void DrainIfStuck(absl::Time now) REQUIRES(mutex_);
  // The next attempt to run, if there is one and a slot is free.
  std::optional<StartedAttempt> Start() REQUIRES(mutex_);
  // Waits until there may be something to do.
  void StandBy() REQUIRES(mutex_);
  // Waits for the next event, without the lock, and does all that is to be done then.
  void Poll() REQUIRES(mutex_);
  absl::Time NextDeadline() REQUIRES(mutex_);
  void OnEvent(SessionEvent event, bool ok) REQUIRES(mutex_);
  void OnTime() REQUIRES(mutex_);
  void ShutDown() REQUIRES(mutex_);

  void Connect() REQUIRES(mutex_);
  void SayHello() REQUIRES(mutex_);
  void OnStreamOver() REQUIRES(mutex_);
  void Abort(const absl::Status& reason) REQUIRES(mutex_);

  void OnMessage(const worker::v1::SessionResponse& message) REQUIRES(mutex_);
  absl::Status OnWelcome(const worker::v1::Welcome& message) REQUIRES(mutex_);
  void OnRefused(const worker::v1::Refused& message) REQUIRES(mutex_);
  absl::Status OnSessionMessage(const worker::v1::SessionResponse& message) REQUIRES(mutex_);
  absl::Status OnAssign(const worker::v1::Assign& message);
  void OnGoodbye(const worker::v1::Goodbye& message) REQUIRES(mutex_);

  void TakeDrainRequest() REQUIRES(mutex_);
  // Writes the most urgent message there is, if the stream can take one.
  void WriteNext() REQUIRES(mutex_);
  // Fills in the most urgent message; returns false if nothing is to be sent.
  bool FillRequest(worker::v1::SessionRequest& request) REQUIRES(mutex_);
  std::optional<worker::v1::SessionRequest> NextLogs();
  std::optional<worker::v1::SessionRequest> NextHeartbeat() REQUIRES(mutex_);
  // Leaves if it is draining and holds nothing.
  void LeaveIfEmpty() REQUIRES(mutex_);

  const SessionOptions options_;
  const Parts parts_;
  Backoff backoff_{{.first = absl::Milliseconds(100), .max = absl::Seconds(10)}};
  grpc::CompletionQueue queue_;
  rpc::QueueWaker waker_;

  // Its own from the start: a lost Welcome then costs nothing.
  std::string session_key_ GUARDED_BY(mutex_);

  Mutex mutex_;
  CondVar changed_;  // For the threads in NextAttempt.
  CondVar ended_;    // For the one in Run.
  // Threads that run a task.
  std::uint32_t busy_ GUARDED_BY(mutex_) = 0;
  bool is_polled_ GUARDED_BY(mutex_) = false;
  // From then on even a thread that could start a task polls first, if nobody does.
  absl::Time poll_due_ GUARDED_BY(mutex_) = absl::InfinitePast();

  // The durations of attempts, by task.
  std::map<std::uint32_t, RecentDuration> durations_ GUARDED_BY(mutex_);
  // The thread that polled runs a short attempt itself and polls afterwards; how many such there
  // were, and whether somebody watches that they are short.
  std::optional<model::AttemptId> polls_later_ GUARDED_BY(mutex_);
  std::uint64_t short_runs_ GUARDED_BY(mutex_) = 0;
  bool is_watched_ GUARDED_BY(mutex_) = false;
  bool has_watcher_ GUARDED_BY(mutex_) = false;

  Phase phase_ GUARDED_BY(mutex_) = Phase::kDisconnected;
  std::unique_ptr<SessionStream> stream_ GUARDED_BY(mutex_);
  // Of the last Hello, until it is answered; nothing if the root cannot be used.
  std::optional<StorageProof> storage_proof_ GUARDED_BY(mutex_);
  std::optional<SessionResult> result_ GUARDED_BY(mutex_);
  // When phase_ ends by itself: connect again, or give up waiting.
  absl::Time phase_deadline_ GUARDED_BY(mutex_) = absl::UnixEpoch();
  absl::Time last_write_ GUARDED_BY(mutex_) = absl::InfinitePast();
  // When to look whether a heartbeat is due.
  absl::Time next_heartbeat_ GUARDED_BY(mutex_) = absl::InfinitePast();
  absl::Duration heartbeat_interval_ GUARDED_BY(mutex_) = absl::InfiniteDuration();
  // Of one message that the controller accepts, as its Welcome states it.
  Limit message_bytes_ GUARDED_BY(mutex_) = rpc::MessageLimitOf(0);
  bool reconnects_at_once_ GUARDED_BY(mutex_) = false;
  // Least duration before the next connection, as the controller asked.
  absl::Duration retry_after_ GUARDED_BY(mutex_) = absl::ZeroDuration();
  bool has_written_logs_last_ GUARDED_BY(mutex_) = false;
  // The last StuckSlots that the controller was told, and when the worker drains because of them.
  std::uint32_t told_stuck_slots_ GUARDED_BY(mutex_) = 0;
  absl::Time all_stuck_until_ GUARDED_BY(mutex_) = absl::InfiniteFuture();
  bool is_draining_ GUARDED_BY(mutex_) = false;
  bool has_told_draining_ GUARDED_BY(mutex_) = false;
  std::string drain_reason_ GUARDED_BY(mutex_);
  std::optional<std::string> drain_request_ GUARDED_BY(mutex_);
};

// --- Who polls, and who runs a task ---

SessionResult SessionClient::Loop::Run() {
  const MutexLock lock(mutex_);
  while (!result_.has_value()) ended_.Wait(mutex_);
  ShutDown();
  return *result_;
}

std::optional<StartedAttempt> SessionClient::Loop::NextAttempt() {
  const MutexLock lock(mutex_);
  while (!result_.has_value()) {
    const bool is_attended = is_polled_ || polls_later_.has_value();
    if (is_attended || Now() < poll_due_) {
      if (std::optional<StartedAttempt> started = Start()) return started;
    }
    if (is_attended) {
      StandBy();
    } else {
      Poll();
    }
  }
  return std::nullopt;
}

bool SessionClient::Loop::CanStart() {
  return busy_ < options_.worker.slots &&
         parts_.board.Ask([](const HeldAttempts& held) { return held.can_start(); });
}

std::uint32_t SessionClient::Loop::StuckSlots() {
  const std::size_t running =
      parts_.board.Ask([](const HeldAttempts& held) { return held.running_count(); });
  CHECK(running <= busy_);
  return busy_ - static_cast<std::uint32_t>(running);
}

void SessionClient::Loop::DrainIfStuck(absl::Time now) {
  if (StuckSlots() < options_.worker.slots || drain_request_.has_value()) {
    all_stuck_until_ = absl::InfiniteFuture();
    return;
  }
  all_stuck_until_ = std::min(all_stuck_until_, now + options_.all_stuck_time.duration());
  if (now < all_stuck_until_) return;
  drain_request_ = fmt::format(
      "all {} slots were held for {} by tasks that ignore their timeout or cancellation (limit {})",
      options_.worker.slots, absl::FormatDuration(options_.all_stuck_time.duration()),
      options_.all_stuck_time.name);
}

std::optional<StartedAttempt> SessionClient::Loop::Start() {
  if (busy_ == options_.worker.slots) return std::nullopt;
  std::optional<StartedAttempt> started = parts_.board.Start();
  if (!started.has_value()) return started;
  ++busy_;
  const Assignment& assignment = *started->assignment;
  const bool has_deadline = assignment.run_timeout != absl::InfiniteDuration();
  if (is_polled_) {
    if (has_deadline) waker_.Wake();  // There is one more to watch.
  } else if (!polls_later_.has_value()) {
    const bool is_short = durations_[assignment.task_index].average().value_or(
                              absl::InfiniteDuration()) <= kShortTask;
    bool is_needed = true;
    if (is_short && !has_deadline && !CanStart()) {
      polls_later_ = assignment.attempt;
      ++short_runs_;
      is_needed = !std::exchange(is_watched_, true);
    }
    if (is_needed) changed_.NotifyOne();
  }
  return started;
}

void SessionClient::Loop::StandBy() {
  if (!is_watched_ || has_watcher_) {
    changed_.Wait(mutex_);
    return;
  }
  has_watcher_ = true;
  const std::uint64_t seen = short_runs_;
  const bool is_told = changed_.WaitFor(mutex_, kWatchInterval);
  has_watcher_ = false;
  if (is_told || seen != short_runs_) return;
  // No other has begun since: all is quiet, or the task is not as short as it was.
  is_watched_ = false;
  polls_later_.reset();
}

void SessionClient::Loop::Finish(const StartedAttempt& started, model::TaskResult result) {
  const absl::Duration took = Now() - started.started_at;
  const model::AttemptId attempt = started.assignment->attempt;
  const MutexLock lock(mutex_);
  --busy_;
  if (polls_later_ == attempt) polls_later_.reset();
  durations_[started.assignment->task_index].Observe(took);
  parts_.board.Finish(attempt, std::move(result));
  if (result_.has_value()) return;
  WriteNext();
  if (is_draining_) waker_.Wake();
}

void SessionClient::Loop::Poll() {
  void* tag = nullptr;
  bool ok = false;
  const auto deadline = absl::ToChronoTime(CanStart() ? absl::UnixEpoch() : NextDeadline());
  is_polled_ = true;
  mutex_.Unlock();
  const auto status = queue_.AsyncNext(&tag, &ok, deadline);
  mutex_.Lock();
  is_polled_ = false;
  if (status == grpc::CompletionQueue::GOT_EVENT) {
    OnEvent(static_cast<SessionEvent>(reinterpret_cast<std::uintptr_t>(tag)), ok);
  }
  OnTime();
  TakeDrainRequest();
  WriteNext();
  LeaveIfEmpty();
  poll_due_ = Now() + kPollInterval;
  if (!result_.has_value()) return;
  changed_.NotifyAll();
  ended_.NotifyAll();
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
    const MutexLock lock(mutex_);
    if (!drain_request_.has_value()) drain_request_ = std::move(reason);
  }
  waker_.Wake();
}

// --- What is read, written and waited for ---

absl::Time SessionClient::Loop::NextDeadline() {
  absl::Time next = std::min(phase_deadline_, all_stuck_until_);
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
  if (has_worked && event == SessionEvent::kStarted) SayHello();
  if (has_worked && event == SessionEvent::kRead) {
    OnMessage(stream_->incoming());
    stream_->Read();
  }
  if (stream_->is_over()) OnStreamOver();
}

void SessionClient::Loop::SayHello() {
  HelloProofs proofs{.session_key = session_key_};
  storage_proof_.reset();
  if (absl::StatusOr<StorageProof> proof = StorageProof::Make(options_.root, parts_.random);
      proof.ok()) {
    storage_proof_.emplace(*std::move(proof));
    proofs.storage_token = storage_proof_->token();
    proofs.storage_proof = storage_proof_->name();
  }
  const std::vector<model::HeldAttempt> declared =
      parts_.board.Update([](HeldAttempts& held) { return held.Declare(); });
  const SessionRequest hello = MakeHello(options_.worker, proofs, declared);
  absl::Status status =
      rpc::CheckMessage(hello, rpc::kMessageBytes, "the message that declares the worker's tasks",
                        "offer them with several workers, or shorten their types");
  if (status.ok()) status = stream_->Write(hello, rpc::kMessageBytes);
  if (!status.ok()) {
    result_ = {SessionEnd::kRefused, std::string(status.message())};
    stream_->Abort();
    return;
  }
  stream_->Read();
}

void SessionClient::Loop::OnTime() {
  const absl::Time now = Now();
  parts_.board.Update([&](HeldAttempts& held) { held.Expire(now); });
  DrainIfStuck(now);
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
  storage_proof_.reset();
  parts_.board.Update([](HeldAttempts& held) { held.Disconnect(); });
  const Phase phase = std::exchange(phase_, Phase::kDisconnected);
  if (phase == Phase::kLeaving) result_ = {SessionEnd::kLeft, drain_reason_};
  if (result_.has_value()) return;
  absl::Duration wait =
      reconnects_at_once_ ? absl::ZeroDuration() : backoff_.NextWithJitter(parts_.random);
  wait = std::max(wait, std::exchange(retry_after_, absl::ZeroDuration()));
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
  const bool is_root_shared = !terms.storage_root.empty() && storage_proof_.has_value();
  storage_proof_.reset();
  parts_.values.Configure({.storage_root = is_root_shared ? options_.root : std::string(),
                           .inline_bytes_max = terms.inline_value_bytes_max,
                           .sync = terms.blobs_need_no_sync ? Sync::kNone : Sync::kSync});
  RETURN_IF_ERROR(
      parts_.board.Update([&](HeldAttempts& held) { return held.Resume(terms.verdicts); }));
  LOG(INFO, "session.started")
      .With("address", options_.address)
      .With("session", terms.session_id)
      .With("epoch", terms.epoch)
      .With("storage", is_root_shared ? options_.root : "streamed")
      .With("held", terms.verdicts.size());
  phase_ = Phase::kWelcomed;
  phase_deadline_ = absl::InfiniteFuture();
  heartbeat_interval_ = terms.heartbeat_interval;
  message_bytes_ = terms.message_bytes;
  last_write_ = Now();
  next_heartbeat_ = last_write_ + heartbeat_interval_;
  has_told_draining_ = false;
  told_stuck_slots_ = 0;
  if (!terms.session_key.empty()) session_key_ = terms.session_key;
  backoff_.Reset();
  return absl::OkStatus();
}

void SessionClient::Loop::OnRefused(const worker::v1::Refused& message) {
  LOG(ERROR, "session.refused")
      .With("reason", worker::v1::RefusalReason_Name(message.reason()))
      .With("message", message.message())
      .With("retry", message.retry());
  if (!message.retry()) result_ = {SessionEnd::kRefused, message.message()};
  retry_after_ = graph::DecodeDuration(message.retry_after());
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
      board.Update(
          [&](HeldAttempts& held) { held.Revoke(model::FromProto(message.revoke().attempts())); });
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
    ASSIGN_OR_RETURN(Assignment assignment, ReadAssignment(each, *options_.worker.catalog));
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
  // Releases also the assignments that came while the request was on its way.
  parts_.board.Update([](HeldAttempts& held) { held.ReleaseWaiting(); });
  is_draining_ = true;
  if (drain_reason_.empty()) drain_reason_ = *drain_request_;
}

void SessionClient::Loop::WriteNext() {
  if (phase_ != Phase::kWelcomed || !stream_->can_write()) return;
  SessionRequest& request = stream_->NewRequest();
  if (!FillRequest(request)) return;
  has_written_logs_last_ = request.has_logs();
  const absl::Status status = stream_->Write(request, message_bytes_);
  if (!status.ok()) return Abort(status);
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
  const std::vector<model::AttemptId> released =
      parts_.board.Update([](HeldAttempts& held) { return held.TakeReleased(); });
  if (!released.empty()) return fill(MakeReleased(released));
  // Before the outcomes that seem to free a slot.
  if (StuckSlots() != told_stuck_slots_) return fill(NextHeartbeat());
  // A task's last words go before its outcome, but never in the way of outcomes for long.
  if (!has_written_logs_last_ && fill(NextLogs())) return true;
  const Limit message_bytes = message_bytes_;
  parts_.board.Update([&](HeldAttempts& held) {
    held.TakeOutcomes(kOutcomeBatch.max, kOutcomeBatchBytes.max,
                      [&](const model::Outcome& outcome) {
                        AddOutcome(outcome, message_bytes, *request.mutable_outcomes());
                      });
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
  const std::uint32_t stuck_slots = StuckSlots();
  if (now < next_heartbeat_ && stuck_slots == told_stuck_slots_) return std::nullopt;
  const std::vector<model::AttemptProgress> progress =
      parts_.board.Update([](HeldAttempts& held) { return held.TakeProgress(); });
  if (progress.empty() && stuck_slots == told_stuck_slots_ &&
      now < last_write_ + heartbeat_interval_) {
    next_heartbeat_ = last_write_ + heartbeat_interval_;
    return std::nullopt;
  }
  next_heartbeat_ = now + heartbeat_interval_;
  told_stuck_slots_ = stuck_slots;
  return MakeHeartbeat(progress, stuck_slots);
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

std::optional<StartedAttempt> SessionClient::NextAttempt() { return loop_->NextAttempt(); }

void SessionClient::Finish(const StartedAttempt& started, model::TaskResult result) {
  loop_->Finish(started, std::move(result));
}

void SessionClient::Drain(std::string reason) { loop_->RequestDrain(std::move(reason)); }

}  // namespace orrery
