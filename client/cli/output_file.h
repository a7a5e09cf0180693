// Writes a file piece by piece, for values larger than memory. The file appears when it is
// complete, or not at all.
//
// Threading: thread-compatible.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/file_descriptor.h"

namespace orrery::cli {

class OutputFile {
 public:
  // Creates a temporary file in the folder of `path`. Writes in place to a `path` that is not a
  // regular file, such as /dev/null or a pipe.
  static absl::StatusOr<OutputFile> Create(const std::string& path);

  OutputFile(OutputFile&& other) noexcept;
  OutputFile& operator=(OutputFile&& other) = delete;
  // Deletes the temporary file unless it was committed.
  ~OutputFile();

  absl::Status Append(std::string_view bytes);

  // Renames the file to `path`.
  absl::Status Commit() &&;

 private:
  OutputFile(std::string path, std::string temporary_path, FileDescriptor descriptor);

  std::string path_;
  // Empty: written in place, committed or moved from.
  std::string temporary_path_;
  FileDescriptor descriptor_;
};

}  // namespace orrery::cli
