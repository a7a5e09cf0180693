// Copies the output of the process to stderr, and passes it on.
//
// Sees std::cerr, std::clog and C's stderr, on the thread that writes, so the author is known. Does
// not see the output of child processes, nor write(2) on the descriptor: a pipe would, but it would
// lose the last output of a process that dies. A pipe that nobody reads delays a task by a second,
// once; the listener hears what the pipe does not take.
//
// Threading: one object at a time in a process; create and destroy it while no other thread writes.
#pragma once

#include <cstdio>
#include <functional>
#include <optional>
#include <streambuf>
#include <string_view>

#include "base/mutex.h"
#include <ext/stdio_sync_filebuf.h>

namespace orrery {

class StderrTap {
 public:
  // Called by each thread that writes, after the text has got out; thread-safe, and writes nothing
  // to stderr itself.
  using Listener = std::function<void(std::string_view text)>;

  explicit StderrTap(Listener listener);
  ~StderrTap();

  StderrTap(const StderrTap&) = delete;
  StderrTap& operator=(const StderrTap&) = delete;

 private:
  static ssize_t Write(void* tap, const char* text, std::size_t bytes);
  // Waits for a while until stderr takes up to PIPE_BUF bytes without blocking. Returns false if it
  // does not, and then at once until it does.
  bool AwaitReader() EXCLUDES(mutex_);

  const Listener listener_;
  std::FILE* const stderr_before_;
  // Null if the process has no room for it: then nothing is heard.
  std::FILE* const stream_;
  std::optional<__gnu_cxx::stdio_sync_filebuf<char>> buffer_;
  std::streambuf* cerr_before_ = nullptr;
  std::streambuf* clog_before_ = nullptr;

  Mutex mutex_;
  // False after the reader of stderr, a pipe, took nothing for a second: no output waits for it.
  bool is_read_ GUARDED_BY(mutex_) = true;
};

}  // namespace orrery
