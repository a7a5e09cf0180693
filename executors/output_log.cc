#include "executors/output_log.h"

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <sys/stat.h>
#include <utility>

#include "base/file.h"
#include "base/status_macros.h"

namespace orrery::executors {

absl::StatusOr<OutputLog> OutputLog::Open(std::string path, std::uint64_t bytes_max) {
  OutputLog log(std::move(path), bytes_max);
  RETURN_IF_ERROR(log.OpenFile());
  return log;
}

absl::Status OutputLog::OpenFile() {
  file_ = FileDescriptor(
      ::open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, S_IRUSR | S_IWUSR));
  struct stat info = {};
  if (!file_.is_open() || fstat(file_.value(), &info) != 0) {
    return ErrnoStatus(errno, "open", path_);
  }
  bytes_ = static_cast<std::uint64_t>(info.st_size);
  return absl::OkStatus();
}

absl::Status OutputLog::Rotate() {
  const std::string old = path_ + ".1";
  if (std::rename(path_.c_str(), old.c_str()) != 0) return ErrnoStatus(errno, "rename", path_);
  return OpenFile();
}

absl::Status OutputLog::Append(std::string_view bytes) {
  if (!file_.is_open()) return absl::OkStatus();
  absl::Status status;
  if (bytes_ > 0 && bytes_ + bytes.size() > bytes_max_) status = Rotate();
  if (status.ok()) status = WriteFully(file_, bytes, path_);
  bytes_ += bytes.size();
  if (!status.ok()) file_ = FileDescriptor();
  return status;
}

}  // namespace orrery::executors
