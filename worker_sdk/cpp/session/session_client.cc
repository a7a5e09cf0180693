#include "worker_sdk/cpp/session/session_client.h"

#include <optional>
#include <utility>

#include "absl/time/time.h"
#include "base/mutex.h"
#include "worker_sdk/cpp/session/session_loop.h"

namespace orrery {
namespace {

// A task that takes so long is not worth a change of threads.
constexpr absl::Duration kShortTask = absl::Microseconds(100);
// How often somebody looks whether a short task is one.
constexpr absl::Duration kWatchInterval = absl::Milliseconds(10);
// How long a thread runs one short task after the other before it polls in between.
constexpr absl::Duration kPollInterval = absl::Microseconds(200);

}  // namespace

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
  return busy_ < options_.identity.slots &&
         parts_.board.Ask([](const HeldAttempts& held) { return held.can_start(); });
}

std::optional<StartedAttempt> SessionClient::Loop::Start() {
  if (busy_ == options_.identity.slots) return std::nullopt;
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

void SessionClient::Loop::Finish(const StartedAttempt& started, TaskResult result) {
  const absl::Duration took = Now() - started.started_at;
  const AttemptId attempt = started.assignment->attempt;
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

SessionClient::SessionClient(SessionOptions options, Parts parts)
    : loop_(std::make_unique<Loop>(std::move(options), parts)) {}

SessionClient::~SessionClient() = default;

SessionResult SessionClient::Run() { return loop_->Run(); }

std::optional<StartedAttempt> SessionClient::NextAttempt() { return loop_->NextAttempt(); }

void SessionClient::Finish(const StartedAttempt& started, TaskResult result) {
  loop_->Finish(started, std::move(result));
}

void SessionClient::Drain(std::string reason) { loop_->RequestDrain(std::move(reason)); }

}  // namespace orrery
