#include "base/file_descriptor.h"

#include <cerrno>
#include <cstddef>
#include <unistd.h>

#include "base/file.h"

namespace orrery {

FileDescriptor& FileDescriptor::operator=(FileDescriptor&& other) noexcept {
  if (this != &other) {
    if (value_ >= 0) ::close(value_);
    value_ = std::exchange(other.value_, -1);
  }
  return *this;
}

FileDescriptor::~FileDescriptor() {
  if (value_ >= 0) ::close(value_);
}

absl::Status FileDescriptor::Close(const std::string& path) {
  // close() frees the descriptor even if it fails. A second close could close a file of another
  // thread.
  if (::close(std::exchange(value_, -1)) != 0 && errno != EINTR) {
    return ErrnoStatus(errno, "close", path);
  }
  return absl::OkStatus();
}

absl::Status WriteFully(const FileDescriptor& file, std::string_view bytes,
                        const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file.value(), bytes.data(), bytes.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      return ErrnoStatus(errno, "write", path);
    }
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return absl::OkStatus();
}

}  // namespace orrery
