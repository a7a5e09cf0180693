#include "client/cli/output_file.h"

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <system_error>
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

bool MayBeReplaced(const struct stat& info) {
  return S_ISREG(info.st_mode) && info.st_nlink == 1 && info.st_uid == geteuid();
}

// Returns false for a sync that failed; pipes and devices have none.
bool IsSynced(int descriptor) {
  return fsync(descriptor) == 0 || errno == EINVAL || errno == EROFS || errno == ENOTSUP;
}

}  // namespace

absl::StatusOr<OutputFile> OutputFile::Create(const std::string& path) {
  std::error_code error;
  const bool is_link = std::filesystem::is_symlink(path, error);
  const std::filesystem::path followed = std::filesystem::canonical(path, error);
  // A link to a file that does not exist yet has no canonical path.
  if (error && is_link) return OpenInPlace(path);
  const std::string target = error ? path : followed.string();
  struct stat info = {};
  const bool exists = stat(target.c_str(), &info) == 0;
  if (exists && !MayBeReplaced(info)) return OpenInPlace(target);

  const std::string temporary_path = fmt::format("{}.{}.tmp", target, getpid());
  const int flags = O_WRONLY | O_CLOEXEC | O_CREAT | O_EXCL | O_NOFOLLOW;
  FileDescriptor descriptor(open(temporary_path.c_str(), flags, exists ? 0600 : 0666));
  if (!descriptor.is_open()) {
    if (exists) return OpenInPlace(target);
    return FileError(ErrnoStatus(errno, "write", target));
  }
  OutputFile file(target, temporary_path, std::move(descriptor));
  const bool is_alike = !exists || (fchown(file.descriptor_.value(), -1, info.st_gid) == 0 &&
                                    fchmod(file.descriptor_.value(), info.st_mode & 07777) == 0);
  if (!is_alike) return OpenInPlace(target);
  return file;
}

absl::StatusOr<OutputFile> OutputFile::OpenInPlace(const std::string& path) {
  FileDescriptor descriptor(open(path.c_str(), O_WRONLY | O_CLOEXEC | O_CREAT | O_TRUNC, 0666));
  if (!descriptor.is_open()) return FileError(ErrnoStatus(errno, "write", path));
  return OutputFile(path, "", std::move(descriptor));
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
  if (!IsSynced(descriptor_.value())) return FileError(ErrnoStatus(errno, "sync", path_));
  RETURN_IF_ERROR(FileError(descriptor_.Close(path_)));
  if (temporary_path_.empty()) return absl::OkStatus();
  if (rename(temporary_path_.c_str(), path_.c_str()) != 0) {
    return FileError(ErrnoStatus(errno, "replace", path_));
  }
  temporary_path_.clear();
  return absl::OkStatus();
}

}  // namespace orrery::cli
