#include "base/file.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <fcntl.h>
#include <filesystem>
#include <memory>
#include <optional>
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

constexpr std::size_t kReadBytes = 64 * 1024;

struct OpenFile {
  FileDescriptor descriptor;
  // Absent for pipes and devices, and for files of /proc, which say that they are empty.
  std::optional<std::uint64_t> size_bytes;
};

absl::StatusOr<OpenFile> OpenToRead(const std::string& path) {
  FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.is_open()) return ErrnoStatus(errno, "open", path);
  struct stat info {};
  if (::fstat(file.value(), &info) != 0) return ErrnoStatus(errno, "inspect", path);
  if (S_ISDIR(info.st_mode)) {
    return absl::FailedPreconditionError(fmt::format("{} is a folder, not a file", path));
  }
  OpenFile opened{.descriptor = std::move(file)};
  if (S_ISREG(info.st_mode) && info.st_size > 0) opened.size_bytes = info.st_size;
  return opened;
}

absl::Status TooLong(const std::string& path, std::uint64_t bytes, std::uint64_t bytes_max) {
  return absl::ResourceExhaustedError(
      fmt::format("{} has {} bytes, more than the {} allowed", path, bytes, bytes_max));
}

// Reads to the end, or one byte beyond `bytes_max`.
absl::StatusOr<std::string> ReadAll(const OpenFile& file, const std::string& path,
                                    std::uint64_t bytes_max) {
  std::string bytes;
  std::size_t count = 0;
  while (count <= bytes_max) {
    // One byte more than the file has: the read that finds the end.
    const std::uint64_t expected = file.size_bytes.value_or(count + kReadBytes) + 1;
    bytes.resize(std::min<std::uint64_t>(std::max<std::uint64_t>(expected, count + 1),
                                         bytes_max == UINT64_MAX ? UINT64_MAX : bytes_max + 1));
    const ssize_t got = ::read(file.descriptor.value(), bytes.data() + count, bytes.size() - count);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return ErrnoStatus(errno, "read", path);
    if (got == 0) break;
    count += static_cast<std::size_t>(got);
  }
  bytes.resize(count);
  if (file.size_bytes.has_value() && count != *file.size_bytes && count <= bytes_max) {
    return absl::AbortedError(
        fmt::format("{} had {} bytes when it was opened, and {} were read: it changes; try again "
                    "when nothing writes it",
                    path, *file.size_bytes, count));
  }
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

std::string AbsolutePath(const std::string& path) {
  std::error_code error;
  const std::filesystem::path given = std::filesystem::absolute(path, error);
  std::filesystem::path plain;
  for (const std::filesystem::path& part : error ? std::filesystem::path(path) : given) {
    if (part != "." && !part.empty()) plain /= part;
  }
  return plain.string();
}

absl::StatusOr<std::string> ReadFile(const std::string& path, std::uint64_t bytes_max) {
  ASSIGN_OR_RETURN(const OpenFile file, OpenToRead(path));
  if (file.size_bytes.value_or(0) > bytes_max) return TooLong(path, *file.size_bytes, bytes_max);
  ASSIGN_OR_RETURN(std::string bytes, ReadAll(file, path, bytes_max));
  if (bytes.size() > bytes_max) return TooLong(path, bytes.size(), bytes_max);
  return bytes;
}

absl::StatusOr<std::string> ReadFile(const std::string& path, const Limit& limit,
                                     std::string_view advice) {
  ASSIGN_OR_RETURN(const OpenFile file, OpenToRead(path));
  RETURN_IF_ERROR(CheckLimit(limit, path, file.size_bytes.value_or(0), advice));
  ASSIGN_OR_RETURN(std::string bytes, ReadAll(file, path, limit.max));
  RETURN_IF_ERROR(CheckLimit(limit, path, bytes.size(), advice));
  return bytes;
}

absl::StatusOr<SharedBytes> MapFile(const std::string& path, std::uint64_t bytes_max) {
  ASSIGN_OR_RETURN(const OpenFile file, OpenToRead(path));
  const std::uint64_t size_bytes = file.size_bytes.value_or(0);
  if (size_bytes > bytes_max) return TooLong(path, size_bytes, bytes_max);
  if (size_bytes == 0) return SharedBytes();
  // Without MAP_POPULATE: a reader of a part of a large file must not wait for the rest.
  void* const start =
      ::mmap(nullptr, size_bytes, PROT_READ, MAP_SHARED, file.descriptor.value(), 0);
  if (start == MAP_FAILED) {
    ASSIGN_OR_RETURN(std::string bytes, ReadAll(file, path, bytes_max));
    return SharedBytes(std::move(bytes));
  }
  const std::string_view view(static_cast<const char*>(start), size_bytes);
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
