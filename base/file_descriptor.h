// An open file descriptor; the destructor closes it.
//
// Threading: thread-compatible.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"

namespace orrery {

class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int value) : value_(value) {}
  FileDescriptor(FileDescriptor&& other) noexcept : value_(std::exchange(other.value_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept;
  ~FileDescriptor();

  bool is_open() const { return value_ >= 0; }
  int value() const { return value_; }

  // Returns the descriptor, which the caller closes.
  int Release() { return std::exchange(value_, -1); }

  // Closes the descriptor and returns the kernel's error, which may be that of an earlier write.
  // `path` is for the message.
  absl::Status Close(const std::string& path);

 private:
  int value_ = -1;
};

// Writes all of `bytes` at the descriptor's offset. `path` is for the message.
absl::Status WriteFully(const FileDescriptor& file, std::string_view bytes,
                        const std::string& path);

}  // namespace orrery
