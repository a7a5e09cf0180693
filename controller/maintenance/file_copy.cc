#include "controller/maintenance/file_copy.h"

#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <string_view>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

#include "absl/status/statusor.h"
#include "base/disk_space.h"
#include "base/file.h"
#include "base/file_descriptor.h"
#include "base/status_macros.h"
#include "fmt/format.h"

namespace orrery::maintenance {
namespace {

constexpr std::size_t kChunkBytes = 1024 * 1024;

absl::Status CopyBytes(const FileDescriptor& source, const std::string& from,
                       const FileDescriptor& target, const std::string& to,
                       const IsCancelled& is_cancelled) {
  std::string buffer(kChunkBytes, '\0');
  while (true) {
    if (is_cancelled()) return absl::CancelledError(fmt::format("copying {} was given up", from));
    const ssize_t got = ::read(source.value(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return ErrnoStatus(errno, "read", from);
    if (got == 0) return absl::OkStatus();
    RETURN_IF_ERROR(
        WriteFully(target, std::string_view(buffer).substr(0, static_cast<std::size_t>(got)), to));
  }
}

bool HasSize(const std::string& path, off_t size) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0 && info.st_size == size;
}

}  // namespace

absl::Status CopyFile(const std::string& from, const std::string& to,
                      const IsCancelled& is_cancelled) {
  const FileDescriptor source(::open(from.c_str(), O_RDONLY | O_CLOEXEC));
  if (!source.is_open()) return ErrnoStatus(errno, "open", from);
  struct stat info {};
  if (::fstat(source.value(), &info) != 0) return ErrnoStatus(errno, "inspect", from);
  const std::string folder = std::filesystem::path(to).parent_path().string();
  RETURN_IF_ERROR(CheckRoom(MeasureDisk(folder), folder, kFilesReserve,
                            static_cast<std::uint64_t>(info.st_size),
                            fmt::format("{} is not copied", from)));
  FileDescriptor target(
      ::open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, info.st_mode & 0777));
  if (!target.is_open()) return ErrnoStatus(errno, "create", to);
  RETURN_IF_ERROR(CopyBytes(source, from, target, to, is_cancelled));
  if (::fsync(target.value()) != 0) return ErrnoStatus(errno, "sync", to);
  return target.Close(to);
}

absl::Status LinkOrCopyFile(const std::string& from, const std::string& to,
                            const IsCancelled& is_cancelled) {
  struct stat info {};
  if (::stat(from.c_str(), &info) != 0) return ErrnoStatus(errno, "inspect", from);
  if (HasSize(to, info.st_size)) return absl::OkStatus();
  if (::unlink(to.c_str()) != 0 && errno != ENOENT) return ErrnoStatus(errno, "replace", to);
  if (::link(from.c_str(), to.c_str()) == 0) return absl::OkStatus();
  // Another file system, a file of another user, or too many links: copies the bytes.
  return CopyFile(from, to, is_cancelled);
}

absl::Status CopyFolder(const std::string& from, const std::string& to) {
  RETURN_IF_ERROR(MakeDirectories(to));
  std::error_code error;
  for (std::filesystem::directory_iterator entry(from, error), end; !error && entry != end;
       entry.increment(error)) {
    RETURN_IF_ERROR(CopyFile(entry->path().string(), to + "/" + entry->path().filename().string()));
  }
  if (error) return ErrnoStatus(error.value(), "list", from);
  return SyncDirectory(to);
}

}  // namespace orrery::maintenance
