// A process's output in a file of limited size. A full file is renamed to `<path>.1`, and a new one
// is started.
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
  // Appends to an existing file.
  static absl::StatusOr<OutputLog> Open(std::string path, std::uint64_t bytes_max);

  // After an error, later calls write nothing.
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
