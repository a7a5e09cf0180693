// Writes lines to a descriptor that somebody else may read slowly, or not at all.
//
// A line that cannot be written at once is discarded and counted, so no reader can delay the
// writer. The file's own flags stay as they are, because other processes share them.
//
// Threading: thread-safe. Lines of different threads never mix.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <sys/types.h>

#include "base/file_descriptor.h"
#include "base/mutex.h"

namespace orrery {

class LogSink {
 public:
  // Returns the line, with its newline, that says how many lines were discarded.
  using DiscardedLine = std::function<std::string(std::uint64_t count)>;

  // Requires: `descriptor` stays open.
  LogSink(int descriptor, DiscardedLine discarded_line);

  LogSink(const LogSink&) = delete;
  LogSink& operator=(const LogSink&) = delete;

  // Writes `line`, which ends with a newline, after the line about discarded ones, if there are
  // any.
  void Write(std::string_view line) EXCLUDES(mutex_);

 private:
  bool WriteWhole(std::string_view line) REQUIRES(mutex_);
  ssize_t WriteSome(std::string_view bytes) REQUIRES(mutex_);
  // Opens a pipe or terminal anew if it is another than before: only then O_NONBLOCK is ours alone.
  void FollowDescriptor() REQUIRES(mutex_);

  const int descriptor_;
  const DiscardedLine discarded_line_;

  Mutex mutex_;
  FileDescriptor own_ GUARDED_BY(mutex_);  // Not open: `descriptor_` itself is written.
  dev_t device_ GUARDED_BY(mutex_) = 0;
  ino_t inode_ GUARDED_BY(mutex_) = 0;
  bool is_cut_ GUARDED_BY(mutex_) = false;  // The last line was written in part.
  std::uint64_t discarded_ GUARDED_BY(mutex_) = 0;
};

}  // namespace orrery
