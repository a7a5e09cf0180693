#include "base/log.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <string>
#include <unistd.h>
#include <utility>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "base/log_sink.h"
#include "base/shown_text.h"
#include "fmt/format.h"

namespace orrery {
namespace {

std::string_view SeverityName(LogSeverity severity) {
  switch (severity) {
    case LogSeverity::kInfo:
      return "INFO";
    case LogSeverity::kWarning:
      return "WARNING";
    case LogSeverity::kError:
      return "ERROR";
  }
  return "ERROR";
}

bool NeedsQuotes(std::string_view value) {
  return value.empty() || !IsShownAsIs(value) || std::ranges::any_of(value, [](char c) {
           return c == ' ' || c == '"' || c == '=' || c == '\\';
         });
}

void AppendQuoted(std::string_view value, std::string& line) {
  std::string escaped;
  for (const char c : value) {
    if (c == '"' || c == '\\') escaped += '\\';
    escaped += c;
  }
  line += '"';
  line += ShownText(escaped);
  line += '"';
}

LogSink& StandardError() {
  // Never destroyed: lines may be written until the process ends.
  static LogSink& sink =
      *std::make_unique<LogSink>(STDERR_FILENO, [](std::uint64_t count) {
         return LogLine(LogSeverity::kWarning, "log.discarded").With("lines", count).TakeText();
       }).release();
  return sink;
}

}  // namespace

LogLine::LogLine(LogSeverity severity, std::string_view event)
    : line_(absl::FormatTime("%Y-%m-%d%ET%H:%M:%E6SZ", absl::Now(), absl::UTCTimeZone())) {
  fmt::format_to(std::back_inserter(line_), " {} {}", SeverityName(severity), event);
}

LogLine::~LogLine() {
  if (line_.empty()) return;  // Its text was taken.
  StandardError().Write(TakeText());
}

std::string LogLine::TakeText() {
  line_ += '\n';
  return std::exchange(line_, {});
}

LogLine& LogLine::With(std::string_view key, std::string_view value) {
  fmt::format_to(std::back_inserter(line_), " {}=", key);
  if (NeedsQuotes(value)) {
    AppendQuoted(value, line_);
  } else {
    line_ += value;
  }
  return *this;
}

LogLine& LogLine::With(std::string_view key, const absl::Status& status) {
  return With(key, std::string_view(status.ToString()));
}

LogLine& LogLine::WithSigned(std::string_view key, std::int64_t value) {
  fmt::format_to(std::back_inserter(line_), " {}={}", key, value);
  return *this;
}

LogLine& LogLine::WithUnsigned(std::string_view key, std::uint64_t value) {
  fmt::format_to(std::back_inserter(line_), " {}={}", key, value);
  return *this;
}

LogLine& LogLine::WithDouble(std::string_view key, double value) {
  fmt::format_to(std::back_inserter(line_), " {}={}", key, value);
  return *this;
}

}  // namespace orrery
