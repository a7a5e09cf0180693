#include "controller/rpc/attempt_log.h"

#include <utility>

#include "base/shown_text.h"
#include "base/utf8.h"
#include "fmt/format.h"
#include "model/attempt_id.h"
#include "model/codec/session_codec.h"

namespace orrery::rpc {
namespace {

constexpr std::size_t kEndedMax = 1024;

}  // namespace

AttemptLog::AttemptLog(const Limits& limits)
    : budget_(limits.log_bytes_per_second, limits.log_burst_bytes) {}

void AttemptLog::Begin(const model::AttemptId& attempt, const Uuid& workflow,
                       const graph::Location& location) {
  places_[attempt] = {.workflow = workflow, .location = location, .is_ended = false};
}

void AttemptLog::End(const model::AttemptId& attempt) {
  const auto place = places_.find(attempt);
  if (place == places_.end() || std::exchange(place->second.is_ended, true)) return;
  ended_.push_back(attempt);
  if (ended_.size() <= kEndedMax) return;
  places_.erase(ended_.front());
  ended_.pop_front();
}

std::optional<AttemptLogLine> AttemptLog::Line(absl::Time now, std::string_view worker,
                                               const Entry& entry) {
  const auto place = places_.find(entry.attempt);
  if (place == places_.end()) return std::nullopt;
  std::string_view text = entry.text;
  while (text.ends_with('\n')) text.remove_suffix(1);
  // Only the first line of an entry begins where an entry does.
  const std::string shown = ShownLines(ToUtf8(text, model::kLogEntryBytes.max), "  ");
  if (!budget_.Spend(now, shown.size())) return std::nullopt;
  std::string line = fmt::format(
      "{} {} {} {}", absl::FormatTime("%Y-%m-%dT%H:%M:%E6SZ", entry.at, absl::UTCTimeZone()),
      worker, place->second.location.ToString(), shown);
  if (const std::size_t dropped = budget_.TakeDropped(); dropped > 0) {
    line = fmt::format("({} entries before this one were too many and are not shown)\n{}", dropped,
                       line);
  }
  return AttemptLogLine{.workflow = place->second.workflow, .line = std::move(line)};
}

}  // namespace orrery::rpc
