// The inside of SessionClient: what its threads share. Included by its own sources only.
//
//   session_client.cc   who polls, and who runs a task
//   session_loop.cc     what is read, written and waited for
//
// Threading: one lock guards everything; waiting for the queue's next event is done without it.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/backoff.h"
#include "base/mutex.h"
#include "base/recent_duration.h"
#include "base/thread_annotations.h"
#include "rpc/queue_waker.h"
#include "worker_sdk/cpp/session/session_client.h"
#include "worker_sdk/cpp/session/session_stream.h"

namespace orrery {

class SessionClient::Loop {
 public:
  Loop(SessionOptions options, Parts parts)
      : options_(std::move(options)),
        parts_(parts),
        waker_(queue_, TagOf(SessionEvent::kWake)) {
    parts_.board.SetWake([this] { waker_.Wake(); });
  }

  SessionResult Run();
  std::optional<StartedAttempt> NextAttempt();
  void Finish(const StartedAttempt& started, TaskResult result);
  void RequestDrain(std::string reason);

 private:
  // kWelcomed: the session is on. kLeaving: the worker has said its last word in it.
  enum class Phase { kDisconnected, kGreeting, kWelcomed, kLeaving };

  absl::Time Now() const { return parts_.clock.Now(); }
  bool CanStart() REQUIRES(mutex_);
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
  // Fills in the most urgent one; false: there is none.
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

  Mutex mutex_;
  CondVar changed_;  // For the threads in NextAttempt.
  CondVar ended_;    // For the one in Run.
  // Threads that run a task.
  std::uint32_t busy_ GUARDED_BY(mutex_) = 0;
  bool is_polled_ GUARDED_BY(mutex_) = false;
  // From then on even a thread that could start a task polls first, if nobody does.
  absl::Time poll_due_ GUARDED_BY(mutex_) = absl::InfinitePast();

  // What attempts took, by task.
  std::map<std::uint32_t, RecentDuration> durations_ GUARDED_BY(mutex_);
  // The thread that polled runs a short attempt itself and polls afterwards; how many such there
  // were, and whether somebody watches that they are short.
  std::optional<AttemptId> polls_later_ GUARDED_BY(mutex_);
  std::uint64_t short_runs_ GUARDED_BY(mutex_) = 0;
  bool is_watched_ GUARDED_BY(mutex_) = false;
  bool has_watcher_ GUARDED_BY(mutex_) = false;

  Phase phase_ GUARDED_BY(mutex_) = Phase::kDisconnected;
  std::unique_ptr<SessionStream> stream_ GUARDED_BY(mutex_);
  std::optional<SessionResult> result_ GUARDED_BY(mutex_);
  // When phase_ ends by itself: connect again, or give up waiting.
  absl::Time phase_deadline_ GUARDED_BY(mutex_) = absl::UnixEpoch();
  absl::Time last_write_ GUARDED_BY(mutex_) = absl::InfinitePast();
  // When to look whether a heartbeat is due.
  absl::Time next_heartbeat_ GUARDED_BY(mutex_) = absl::InfinitePast();
  absl::Duration heartbeat_interval_ GUARDED_BY(mutex_) = absl::InfiniteDuration();
  bool reconnects_at_once_ GUARDED_BY(mutex_) = false;
  bool has_written_logs_last_ GUARDED_BY(mutex_) = false;
  bool is_draining_ GUARDED_BY(mutex_) = false;
  bool has_told_draining_ GUARDED_BY(mutex_) = false;
  std::string drain_reason_ GUARDED_BY(mutex_);
  std::optional<std::string> drain_request_ GUARDED_BY(mutex_);
};

}  // namespace orrery
