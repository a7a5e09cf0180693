// A process's output in a file of bounded size: when it is full it becomes `<path>.1`, and a new
// one is begun.
//
// Threading: thread-compatible.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/file_descriptor.h"

namespace orrery::executors {

class OutputLog {
 public:
  // Appends to what is there.
  static absl::StatusOr<OutputLog> Open(std::string path, std::uint64_t bytes_max);

  // After an error nothing more is written.
  absl::Status Append(std::string_view bytes);

 private:
  OutputLog(std::string path, std::uint64_t bytes_max)
      : path_(std::move(path)), bytes_max_(bytes_max) {}

  absl::Status OpenFile();
  absl::Status Rotate();

  std::string path_;
  std::uint64_t bytes_max_ = 0;
  FileDescriptor file_;
  std::uint64_t bytes_ = 0;
};

}  // namespace orrery::executors
