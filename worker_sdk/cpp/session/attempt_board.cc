#include "worker_sdk/cpp/session/attempt_board.h"

#include "base/utf8.h"
#include "fmt/format.h"
#include "model/codec/session_codec.h"
#include "model/outcome.h"

namespace orrery {
namespace {

// Bytes of an entry in a message, without its text.
constexpr std::size_t kLogEntryOverheadBytes = 64;

}  // namespace

void AttemptBoard::SetWake(std::function<void()> wake) {
  const MutexLock lock(wake_mutex_);
  wake_ = std::move(wake);
}

void AttemptBoard::Wake() {
  const MutexLock lock(wake_mutex_);
  if (wake_) wake_();
}

std::optional<StartedAttempt> AttemptBoard::Start() {
  const MutexLock lock(mutex_);
  return held_.can_start() ? held_.Start(clock_.Now()) : std::nullopt;
}

void AttemptBoard::Finish(model::AttemptId attempt, model::TaskResult result) {
  const MutexLock lock(mutex_);
  held_.Finish(attempt, std::move(result), clock_.Now());
}

void AttemptBoard::ReportProgress(model::AttemptProgress progress) {
  {
    const MutexLock lock(mutex_);
    held_.ReportProgress(std::move(progress));
  }
  Wake();
}

void AttemptBoard::AppendLog(model::AttemptId attempt, std::string_view text) {
  {
    const MutexLock lock(mutex_);
    if (!held_.IsHolding(attempt)) return;
    held_.AppendOutput(attempt, text);
    held_.AppendOutput(attempt, "\n");
    LogEntry entry{attempt, clock_.Now(), ToUtf8(text, model::kLogEntryBytes.max, "...")};
    const std::size_t bytes = kLogEntryOverheadBytes + entry.text.size();
    if (log_bytes_ + bytes > kLogBytes.max) {
      ++logs_dropped_;
      return;
    }
    log_bytes_ += bytes;
    logs_.push_back(std::move(entry));
  }
  Wake();
}

void AttemptBoard::AppendOutput(std::optional<model::AttemptId> author, std::string_view text) {
  const MutexLock lock(mutex_);
  held_.AppendOutput(author, text);
}

std::vector<LogEntry> AttemptBoard::TakeLogs() {
  const MutexLock lock(mutex_);
  if (logs_dropped_ > 0 && !logs_.empty()) {
    LogEntry& last = logs_.back();
    logs_.push_back(
        {last.attempt, last.time,
         fmt::format("{} log lines were discarded: they came faster than they could be sent",
                     std::exchange(logs_dropped_, 0))});
  }
  log_bytes_ = 0;
  return std::exchange(logs_, {});
}

}  // namespace orrery
