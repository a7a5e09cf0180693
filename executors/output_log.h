// A process's output in a file of limited size. A full file is renamed to `<path>.1`, and a new one
// is started.
//
// Output that cannot be written is lost and counted: the process neither waits nor fails. The file
// is opened, its folder made, and the disk measured anew for later output, so writing goes on by
// itself.
//
// Threading: thread-compatible.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "base/disk_space.h"
#include "base/file_descriptor.h"
#include "base/limit.h"

namespace orrery::executors {

struct OutputLogOptions {
  std::string path;
  Limit bytes{
      .name = "output_log_bytes",
      .max = 16 << 20,
      .unit = LimitUnit::kBytes,
      .of = "the output of a pool's worker in `logs/workers`; twice that with the older file",
      .beyond = "the oldest output is deleted"};
  DiskSpace::Measure measure = MeasureDisk;
};

class OutputLog {
 public:
  // Appends to an existing file.
  explicit OutputLog(OutputLogOptions options);

  // Returns the first error after output that was written; later output is lost silently.
  absl::Status Append(std::string_view bytes);

 private:
  absl::Status TryAppend(std::string_view bytes);
  absl::Status OpenFile();
  absl::Status Rotate();

  OutputLogOptions options_;
  std::unique_ptr<DiskSpace> disk_;
  FileDescriptor file_;      // Closed: not opened yet, or the last write has failed.
  std::uint64_t bytes_ = 0;  // In the file.
  std::uint64_t lost_ = 0;   // Since the last write.
};

}  // namespace orrery::executors
