// When tasks began and ended, written by any number of worker processes into one file.
//
// A file that is mapped by all of them: a count, and entries of fixed size. It costs a task some
// 50 ns. suite/time_log.py reads it, and has to agree on the layout.
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
  // A log that drops what it is told.
  TimeLog() = default;
  // Opens the file, or makes it.
  static absl::StatusOr<TimeLog> Open(const std::string& path);
  // $ORRERY_BENCH_TIMES, or one that drops all.
  static absl::StatusOr<TimeLog> FromEnvironment();

  TimeLog(TimeLog&& other) noexcept : content_(other.content_) { other.content_ = nullptr; }
  TimeLog& operator=(TimeLog&& other) = delete;
  ~TimeLog();

  // What comes when the file is full is dropped.
  void Add(TimeEvent event, std::int64_t value) const;

 private:
  struct Content;

  explicit TimeLog(Content* content) : content_(content) {}

  Content* content_ = nullptr;  // Mapped.
};

}  // namespace orrery::bench
