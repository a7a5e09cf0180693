#include "base/file.h"

#include <atomic>
#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <memory>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include "base/file_descriptor.h"
#include "base/status_macros.h"
#include "fmt/format.h"

namespace orrery {
namespace {

absl::StatusCode CodeOf(int error_number) {
  switch (error_number) {
    case ENOENT:
      return absl::StatusCode::kNotFound;
    case EACCES:
    case EPERM:
    case EROFS:
      return absl::StatusCode::kPermissionDenied;
    case EEXIST:
      return absl::StatusCode::kAlreadyExists;
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
    case EMFILE:
    case ENFILE:
      return absl::StatusCode::kResourceExhausted;
    default:
      return absl::StatusCode::kUnavailable;
  }
}

std::string ParentOf(const std::string& path) {
  const std::string parent = std::filesystem::path(path).parent_path().string();
  return parent.empty() ? "." : parent;
}

// Returns a name that is unique among the processes of this machine and the calls of this process.
// It starts with '.', unlike all other names under the root.
std::string TemporaryName(const std::string& path) {
  static std::atomic<std::uint64_t> calls = 0;
  const std::filesystem::path target(path);
  return fmt::format("{}/.{}.{}.{}.tmp", ParentOf(path), target.filename().string(), ::getpid(),
                     calls.fetch_add(1));
}

struct OpenFile {
  FileDescriptor descriptor;
  std::size_t size_bytes = 0;
};

absl::StatusOr<OpenFile> OpenToRead(const std::string& path, std::uint64_t bytes_max) {
  FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.is_open()) return ErrnoStatus(errno, "open", path);
  struct stat info {};
  if (::fstat(file.value(), &info) != 0) return ErrnoStatus(errno, "inspect", path);
  if (!S_ISREG(info.st_mode)) {
    return absl::FailedPreconditionError(fmt::format("{} is not a regular file", path));
  }
  if (static_cast<std::uint64_t>(info.st_size) > bytes_max) {
    return absl::ResourceExhaustedError(
        fmt::format("{} has {} bytes, more than the {} allowed", path, info.st_size, bytes_max));
  }
  return OpenFile{std::move(file), static_cast<std::size_t>(info.st_size)};
}

absl::StatusOr<std::string> ReadAll(const OpenFile& file, const std::string& path) {
  std::string bytes(file.size_bytes, '\0');
  std::size_t count = 0;
  while (count < bytes.size()) {
    const ssize_t got = ::read(file.descriptor.value(), bytes.data() + count, bytes.size() - count);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return ErrnoStatus(errno, "read", path);
    if (got == 0) break;  // The file was truncated in the meantime.
    count += static_cast<std::size_t>(got);
  }
  bytes.resize(count);
  return bytes;
}

absl::Status WriteNewFile(const std::string& path, std::string_view bytes, Sync sync) {
  FileDescriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
  if (!file.is_open()) return ErrnoStatus(errno, "create", path);
  RETURN_IF_ERROR(WriteFully(file, bytes, path));
  if (sync == Sync::kSync && ::fsync(file.value()) != 0) return ErrnoStatus(errno, "sync", path);
  return file.Close(path);
}

absl::Status WriteThenRename(const std::string& temporary, const std::string& path,
                             std::string_view bytes, Sync sync) {
  RETURN_IF_ERROR(WriteNewFile(temporary, bytes, sync));
  if (::rename(temporary.c_str(), path.c_str()) != 0) return ErrnoStatus(errno, "replace", path);
  return absl::OkStatus();
}

}  // namespace

absl::Status ErrnoStatus(int error_number, std::string_view action, const std::string& path) {
  return absl::Status(
      CodeOf(error_number),
      fmt::format("{} {}: {}", action, path, std::generic_category().message(error_number)));
}

absl::StatusOr<std::string> ReadFile(const std::string& path, std::uint64_t bytes_max) {
  ASSIGN_OR_RETURN(const OpenFile file, OpenToRead(path, bytes_max));
  return ReadAll(file, path);
}

absl::StatusOr<SharedBytes> MapFile(const std::string& path, std::uint64_t bytes_max) {
  ASSIGN_OR_RETURN(const OpenFile file, OpenToRead(path, bytes_max));
  if (file.size_bytes == 0) return SharedBytes();
  // Without MAP_POPULATE: a reader of a part of a large file must not wait for the rest.
  void* const start =
      ::mmap(nullptr, file.size_bytes, PROT_READ, MAP_SHARED, file.descriptor.value(), 0);
  if (start == MAP_FAILED) {
    ASSIGN_OR_RETURN(std::string bytes, ReadAll(file, path));
    return SharedBytes(std::move(bytes));
  }
  const std::string_view view(static_cast<const char*>(start), file.size_bytes);
  return SharedBytes(view, std::shared_ptr<const void>(start, [size = view.size()](void* mapped) {
                       ::munmap(mapped, size);
                     }));
}

absl::Status WriteFileAtomically(const std::string& path, std::string_view bytes, Sync sync) {
  const std::string temporary = TemporaryName(path);
  if (absl::Status status = WriteThenRename(temporary, path, bytes, sync); !status.ok()) {
    ::unlink(temporary.c_str());
    return status;
  }
  return sync == Sync::kSync ? SyncDirectory(ParentOf(path)) : absl::OkStatus();
}

absl::Status MakeDirectories(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) return ErrnoStatus(error.value(), "create folder", path);
  return absl::OkStatus();
}

absl::Status RemoveTree(const std::string& path) {
  std::error_code error;
  std::filesystem::remove_all(path, error);
  if (error) return ErrnoStatus(error.value(), "remove", path);
  return absl::OkStatus();
}

absl::Status SyncDirectory(const std::string& path) {
  FileDescriptor directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory.is_open()) return ErrnoStatus(errno, "open folder", path);
  if (::fsync(directory.value()) != 0) return ErrnoStatus(errno, "sync folder", path);
  return absl::OkStatus();
}

absl::StatusOr<TempDirectory> TempDirectory::Create(std::string_view parent) {
  std::string base(parent);
  if (base.empty()) {
    const char* from_environment = ::getenv("TMPDIR");
    base = from_environment != nullptr && *from_environment != '\0' ? from_environment : "/tmp";
  }
  std::string path = base + "/orrery-XXXXXX";
  if (::mkdtemp(path.data()) == nullptr) return ErrnoStatus(errno, "create folder", path);
  return TempDirectory(std::move(path));
}

TempDirectory::TempDirectory(TempDirectory&& other) noexcept
    : path_(std::exchange(other.path_, {})) {}

TempDirectory& TempDirectory::operator=(TempDirectory&& other) noexcept {
  std::swap(path_, other.path_);
  return *this;
}

TempDirectory::~TempDirectory() {
  if (!path_.empty()) RemoveTree(path_).IgnoreError();
}

}  // namespace orrery
