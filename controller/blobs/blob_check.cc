#include "controller/blobs/blob_check.h"

#include <cerrno>
#include <fcntl.h>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

#include "absl/status/statusor.h"
#include "base/blob_layout.h"
#include "base/file.h"
#include "base/file_descriptor.h"
#include "base/status_macros.h"
#include "fmt/format.h"

namespace orrery::blobs {
namespace {

constexpr std::size_t kReadBytes = 1024 * 1024;

absl::StatusOr<Digest> DigestOfFile(const FileDescriptor& file, const std::string& path) {
  Sha256Stream hash;
  std::string buffer(kReadBytes, '\0');
  while (true) {
    const ssize_t got = ::read(file.value(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return ErrnoStatus(errno, "read", path);
    if (got == 0) return hash.Finish();
    hash.Update(std::string_view(buffer).substr(0, static_cast<std::size_t>(got)));
  }
}

}  // namespace

absl::Status CheckBlob(std::string_view root, const graph::BlobRef& blob, BlobCheck check) {
  const std::string path = BlobPath(root, blob.digest);
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return ErrnoStatus(errno, "inspect", path);
  if (static_cast<std::uint64_t>(info.st_size) != blob.size_bytes) {
    return absl::DataLossError(
        fmt::format("blob {} has {} bytes, not {}", path, info.st_size, blob.size_bytes));
  }
  if (check == BlobCheck::kLength) return absl::OkStatus();
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.is_open()) return ErrnoStatus(errno, "open", path);
  ASSIGN_OR_RETURN(const Digest found, DigestOfFile(file, path));
  if (found == blob.digest) return absl::OkStatus();
  return absl::DataLossError(
      fmt::format("blob {} holds bytes with digest {}", path, found.ToHex()));
}

}  // namespace orrery::blobs
