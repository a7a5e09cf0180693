// LOG: one event, one line on stderr.
//
//   LOG(INFO, "lease.expired").With("task", id).With("late", status);
//   2026-11-22T22:47:01.044935Z INFO lease.expired task=12 late="ABORTED: held by worker 7"
//
// The event is a stable, dotted name that one can grep for; variable data goes into fields. A value
// is quoted if it is empty or contains a space, a quote, '=', a backslash or a character that
// ShownText escapes.
//
// Threading: thread-safe. A line is one write(2) at the end of the statement, so lines of different
// threads never mix. LOG never waits: a line that cannot be written at once is discarded, and the
// next one that can be written follows a line "log.discarded lines=N" (log_sink.h).
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

#include "absl/status/status.h"

namespace orrery {

enum class LogSeverity { kInfo, kWarning, kError };

class LogLine {
 public:
  LogLine(LogSeverity severity, std::string_view event);
  LogLine(const LogLine&) = delete;
  LogLine& operator=(const LogLine&) = delete;
  // Writes the line, unless its text was taken.
  ~LogLine();

  // Returns the line with its newline.
  std::string TakeText();

  LogLine& With(std::string_view key, std::string_view value);
  LogLine& With(std::string_view key, const absl::Status& status);
  LogLine& With(std::string_view key, std::floating_point auto value) {
    return WithDouble(key, static_cast<double>(value));
  }
  template <std::integral T>
  LogLine& With(std::string_view key, T value) {
    if constexpr (std::same_as<T, bool>) {
      return With(key, value ? std::string_view("true") : std::string_view("false"));
    } else if constexpr (std::signed_integral<T>) {
      return WithSigned(key, value);
    } else {
      return WithUnsigned(key, value);
    }
  }

 private:
  LogLine& WithSigned(std::string_view key, std::int64_t value);
  LogLine& WithUnsigned(std::string_view key, std::uint64_t value);
  LogLine& WithDouble(std::string_view key, double value);

  std::string line_;
};

namespace log_severity {
inline constexpr LogSeverity INFO = LogSeverity::kInfo;
inline constexpr LogSeverity WARNING = LogSeverity::kWarning;
inline constexpr LogSeverity ERROR = LogSeverity::kError;
}  // namespace log_severity

}  // namespace orrery

#define LOG(severity, event) ::orrery::LogLine(::orrery::log_severity::severity, event)
