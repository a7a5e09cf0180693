// A file that appears whole or not at all, written piece by piece: for values that need not fit in
// memory.
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
  // A new file beside `path`, under a name of its own. A `path` that is no regular file, such as
  // /dev/null or a pipe, is written in place.
  static absl::StatusOr<OutputFile> Create(const std::string& path);

  OutputFile(OutputFile&& other) noexcept;
  OutputFile& operator=(OutputFile&& other) = delete;
  // Removes what was not committed.
  ~OutputFile();

  absl::Status Append(std::string_view bytes);

  // Puts the file in the place of `path`.
  absl::Status Commit() &&;

 private:
  OutputFile(std::string path, std::string temporary_path, FileDescriptor descriptor);

  std::string path_;
  // Empty: written in place, committed or moved from.
  std::string temporary_path_;
  FileDescriptor descriptor_;
};

}  // namespace orrery::cli
