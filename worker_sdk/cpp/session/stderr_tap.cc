#include "worker_sdk/cpp/session/stderr_tap.h"

#include <cerrno>
#include <climits>
#include <exception>
#include <iostream>
#include <poll.h>
#include <unistd.h>
#include <utility>

namespace orrery {
namespace {

constexpr int kReaderTimeoutMs = 1000;

bool IsWritable(int timeout_ms) {
  pollfd watched = {STDERR_FILENO, POLLOUT, 0};
  return poll(&watched, 1, timeout_ms) == 1 && (watched.revents & POLLOUT) != 0;
}

}  // namespace

StderrTap::StderrTap(Listener listener)
    : listener_(std::move(listener)),
      stderr_before_(stderr),
      stream_(fopencookie(this, "w",
                          {.read = nullptr, .write = &Write, .seek = nullptr, .close = nullptr})) {
  if (stream_ == nullptr) return;
  std::setvbuf(stream_, nullptr, _IONBF, 0);
  // For those who ask for the descriptor behind stderr.
  stream_->_fileno = STDERR_FILENO;
  stderr = stream_;
  buffer_.emplace(stream_);
  cerr_before_ = std::cerr.rdbuf(&*buffer_);
  clog_before_ = std::clog.rdbuf(&*buffer_);
}

StderrTap::~StderrTap() {
  if (stream_ == nullptr) return;
  // A task may have put something else in our place, which is its own to keep.
  if (std::cerr.rdbuf() == &*buffer_) std::cerr.rdbuf(cerr_before_);
  if (std::clog.rdbuf() == &*buffer_) std::clog.rdbuf(clog_before_);
  if (stderr == stream_) stderr = stderr_before_;
  std::fclose(stream_);
}

bool StderrTap::AwaitReader() {
  bool was_read = false;
  {
    const MutexLock lock(mutex_);
    was_read = is_read_;
  }
  const bool is_read = IsWritable(was_read ? kReaderTimeoutMs : 0);
  const MutexLock lock(mutex_);
  is_read_ = is_read;
  return is_read;
}

ssize_t StderrTap::Write(void* tap, const char* text, std::size_t bytes) {
  StderrTap& self = *static_cast<StderrTap*>(tap);
  std::string_view rest(text, bytes);
  while (!rest.empty()) {
    if (!self.AwaitReader()) break;  // Output that stderr does not accept is lost.
    const std::string_view piece = rest.substr(0, PIPE_BUF);
    const ssize_t written = ::write(STDERR_FILENO, piece.data(), piece.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) break;
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
  try {
    self.listener_({text, bytes});
  } catch (const std::exception&) {
    // No memory to keep it in; C's streams know no exceptions.
  }
  return static_cast<ssize_t>(bytes);
}

}  // namespace orrery
