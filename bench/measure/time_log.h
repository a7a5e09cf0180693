// The starts and ends of tasks, written by any number of worker processes into one file.
//
// All processes map the file: a count, and entries of fixed size. One entry takes about 50 ns.
// suite/time_log.py reads the file and must use the same layout.
//
// Threading: thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "base/file_descriptor.h"

namespace orrery::bench {

enum class TimeEvent : std::int32_t { kBegin = 0, kEnd = 1 };

class TimeLog {
 public:
  // A log that discards all events.
  TimeLog() = default;
  // Opens the file; creates it if it does not exist.
  static absl::StatusOr<TimeLog> Open(const std::string& path);
  // Opens $ORRERY_BENCH_TIMES; without it, returns a log that discards all events.
  static absl::StatusOr<TimeLog> FromEnvironment();

  TimeLog(TimeLog&& other) noexcept : content_(other.content_) { other.content_ = nullptr; }
  TimeLog& operator=(TimeLog&& other) = delete;
  ~TimeLog();

  // Discards the event if the file is full.
  void Add(TimeEvent event, std::int64_t value) const;

 private:
  struct Content;

  explicit TimeLog(Content* content) : content_(content) {}

  Content* content_ = nullptr;  // Mapped.
};

}  // namespace orrery::bench
