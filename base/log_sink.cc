#include "base/log_sink.h"

#include <cerrno>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

#include "fmt/format.h"

namespace orrery {

LogSink::LogSink(int descriptor, DiscardedLine discarded_line)
    : descriptor_(descriptor), discarded_line_(std::move(discarded_line)) {}

void LogSink::Write(std::string_view line) {
  const MutexLock lock(mutex_);
  const int error = errno;
  FollowDescriptor();
  if (is_cut_) is_cut_ = WriteSome("\n") != 1;
  if (!is_cut_ && discarded_ > 0 && WriteWhole(discarded_line_(discarded_))) discarded_ = 0;
  if (is_cut_ || discarded_ > 0 || !WriteWhole(line)) ++discarded_;
  errno = error;
}

void LogSink::FollowDescriptor() {
  struct stat info = {};
  if (fstat(descriptor_, &info) != 0) return;
  if (info.st_dev == device_ && info.st_ino == inode_) return;
  device_ = info.st_dev;
  inode_ = info.st_ino;
  is_cut_ = false;
  own_ = FileDescriptor();
  if (!S_ISFIFO(info.st_mode) && !S_ISCHR(info.st_mode)) return;
  const std::string path = fmt::format("/proc/self/fd/{}", descriptor_);
  own_ = FileDescriptor(::open(path.c_str(), O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
}

bool LogSink::WriteWhole(std::string_view line) {
  const ssize_t written = WriteSome(line);
  if (written == static_cast<ssize_t>(line.size())) return true;
  is_cut_ = written > 0;
  return false;
}

ssize_t LogSink::WriteSome(std::string_view bytes) {
  if (own_.is_open()) return ::write(own_.value(), bytes.data(), bytes.size());
  const ssize_t sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  if (sent >= 0 || errno != ENOTSOCK) return sent;
  // A file never waits for a reader; what could not be opened anew is at least asked.
  pollfd watched = {descriptor_, POLLOUT, 0};
  if (poll(&watched, 1, 0) != 1 || (watched.revents & POLLOUT) == 0) return -1;
  return ::write(descriptor_, bytes.data(), bytes.size());
}

}  // namespace orrery
