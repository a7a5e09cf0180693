#include "client/cli/output_file.h"

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

#include "base/file.h"
#include "base/status_macros.h"
#include "fmt/format.h"

namespace orrery::cli {
namespace {

// Replaces the code: kNotFound and others would be about a workflow.
absl::Status FileError(const absl::Status& status) {
  return status.ok() ? status : absl::UnknownError(std::string(status.message()));
}

bool IsSpecialFile(const std::string& path) {
  struct stat info = {};
  return stat(path.c_str(), &info) == 0 && !S_ISREG(info.st_mode);
}

}  // namespace

absl::StatusOr<OutputFile> OutputFile::Create(const std::string& path) {
  const bool is_in_place = IsSpecialFile(path);
  const std::string temporary_path =
      is_in_place ? std::string() : fmt::format("{}.{}.tmp", path, getpid());
  const std::string& opened = is_in_place ? path : temporary_path;
  const int flags = O_WRONLY | O_CLOEXEC | (is_in_place ? 0 : O_CREAT | O_TRUNC);
  FileDescriptor descriptor(open(opened.c_str(), flags, 0666));
  if (!descriptor.is_open()) return FileError(ErrnoStatus(errno, "write", opened));
  return OutputFile(path, temporary_path, std::move(descriptor));
}

OutputFile::OutputFile(std::string path, std::string temporary_path, FileDescriptor descriptor)
    : path_(std::move(path)),
      temporary_path_(std::move(temporary_path)),
      descriptor_(std::move(descriptor)) {}

OutputFile::OutputFile(OutputFile&& other) noexcept
    : path_(std::move(other.path_)),
      temporary_path_(std::exchange(other.temporary_path_, {})),
      descriptor_(std::move(other.descriptor_)) {}

OutputFile::~OutputFile() {
  if (!temporary_path_.empty()) unlink(temporary_path_.c_str());
}

absl::Status OutputFile::Append(std::string_view bytes) {
  return FileError(WriteFully(descriptor_, bytes, path_));
}

absl::Status OutputFile::Commit() && {
  RETURN_IF_ERROR(FileError(descriptor_.Close(path_)));
  if (temporary_path_.empty()) return absl::OkStatus();
  if (rename(temporary_path_.c_str(), path_.c_str()) != 0) {
    return FileError(ErrnoStatus(errno, "replace", path_));
  }
  temporary_path_.clear();
  return absl::OkStatus();
}

}  // namespace orrery::cli
