// Writes a file piece by piece, for values larger than memory.
//
// A regular file that only this user's name leads to is replaced when it is complete, or not at
// all; it keeps its mode and group. Everything else is written in place: files with several names
// or of another owner, files in a folder that cannot be written, devices and pipes. Symbolic links
// are followed.
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
  static absl::StatusOr<OutputFile> Create(const std::string& path);

  OutputFile(OutputFile&& other) noexcept;
  OutputFile& operator=(OutputFile&& other) = delete;
  // Deletes the temporary file unless it was committed.
  ~OutputFile();

  absl::Status Append(std::string_view bytes);

  // Makes the bytes durable and gives the file its name.
  absl::Status Commit() &&;

 private:
  OutputFile(std::string path, std::string temporary_path, FileDescriptor descriptor);

  static absl::StatusOr<OutputFile> OpenInPlace(const std::string& path);

  // The file itself, not a link to it.
  std::string path_;
  // Empty: written in place, committed or moved from.
  std::string temporary_path_;
  FileDescriptor descriptor_;
};

}  // namespace orrery::cli
