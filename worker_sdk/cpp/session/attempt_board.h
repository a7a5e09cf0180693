// Where tasks and the session meet: what is held, and the log lines of the tasks.
//
// Invariant: `wake` is called, without the lock, after every change of a task's that the session
// has to write about.
//
// Threading: thread-safe.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "base/clock.h"
#include "base/limit.h"
#include "base/mutex.h"
#include "model/attempt_id.h"
#include "model/outcome.h"
#include "worker_sdk/cpp/session/held_attempts.h"

namespace orrery {

inline constexpr Limit kLogBytes{
    .name = "log_bytes",
    .max = 1024 * 1024,
    .unit = LimitUnit::kBytes,
    .of = "log entries of a worker that wait to be sent; each counts 64 bytes more than its text",
    .beyond = "the others are discarded; a line says how many"};

struct LogEntry {
  model::AttemptId attempt;
  absl::Time time;
  std::string text;
};

class AttemptBoard {
 public:
  // `clock` outlives this.
  explicit AttemptBoard(const Clock& clock) : clock_(clock) {}
  AttemptBoard(const AttemptBoard&) = delete;
  AttemptBoard& operator=(const AttemptBoard&) = delete;

  // `wake` is called from any thread, as often as there is something; it must not block. To be set
  // before any other call; an empty function ends the calls.
  void SetWake(std::function<void()> wake);

  // The next attempt to run, if there is one.
  std::optional<StartedAttempt> Start();
  void Finish(model::AttemptId attempt, model::TaskResult result);

  // For running tasks, through their context.
  void ReportProgress(model::AttemptProgress progress);
  void AppendLog(model::AttemptId attempt, std::string_view text);
  // Appends stderr output to the tail of the attempt that wrote it; of all running attempts if the
  // author is unknown.
  void AppendOutput(std::optional<model::AttemptId> author, std::string_view text);

  // For the session: `change` is called with the HeldAttempts, under the lock.
  template <class Change>
  auto Update(Change&& change) {
    const MutexLock lock(mutex_);
    return std::forward<Change>(change)(held_);
  }
  template <class Question>
  auto Ask(const Question& question) {
    const MutexLock lock(mutex_);
    return question(static_cast<const HeldAttempts&>(held_));
  }
  std::vector<LogEntry> TakeLogs();

 private:
  void Wake() EXCLUDES(mutex_);

  const Clock& clock_;

  Mutex mutex_;
  HeldAttempts held_ GUARDED_BY(mutex_);
  std::vector<LogEntry> logs_ GUARDED_BY(mutex_);
  std::size_t log_bytes_ GUARDED_BY(mutex_) = 0;
  std::size_t logs_dropped_ GUARDED_BY(mutex_) = 0;

  // Apart from mutex_, so that a task that reports is not behind the session's work.
  Mutex wake_mutex_;
  std::function<void()> wake_ GUARDED_BY(wake_mutex_);
};

}  // namespace orrery
