// Hears what the process writes to stderr, and lets it through.
//
// Heard are std::cerr, std::clog and C's stderr, on the thread that writes, so that it is known who
// does. What a child process writes is not heard, nor write(2) on the descriptor: a pipe in between
// would hear it, but lose the last words of a process that dies.
//
// Threading: one at a time in a process; made and ended while no other thread writes.
#pragma once

#include <cstdio>
#include <functional>
#include <optional>
#include <streambuf>
#include <string_view>

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

  const Listener listener_;
  std::FILE* const stderr_before_;
  // Null if the process has no room for it: then nothing is heard.
  std::FILE* const stream_;
  std::optional<__gnu_cxx::stdio_sync_filebuf<char>> buffer_;
  std::streambuf* cerr_before_ = nullptr;
  std::streambuf* clog_before_ = nullptr;
};

}  // namespace orrery
