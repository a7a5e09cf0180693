#include "base/blob_layout.h"

#include <array>
#include <cerrno>
#include <cstdint>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "absl/status/status.h"
#include "base/file.h"
#include "base/file_descriptor.h"
#include "base/hex.h"
#include "base/status_macros.h"
#include "fmt/format.h"

namespace orrery {
namespace {

constexpr std::size_t kTokenBytes = 16;

// Uses link(2), not rename(2): if two processes create the token at the same time, one succeeds,
// and both then read that token.
absl::Status CreateToken(const std::string& path, const std::string& token) {
  const std::string temporary = fmt::format("{}.{}.tmp", path, token);
  FileDescriptor file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!file.is_open()) return ErrnoStatus(errno, "create", temporary);
  absl::Status status = WriteFully(file, token, temporary);
  if (status.ok() && ::fsync(file.value()) != 0) status = ErrnoStatus(errno, "sync", temporary);
  if (status.ok() && ::link(temporary.c_str(), path.c_str()) != 0 && errno != EEXIST) {
    status = ErrnoStatus(errno, "create", path);
  }
  ::unlink(temporary.c_str());
  return status;
}

}  // namespace

std::string BlobDirectory(std::string_view root, const Digest& digest) {
  return fmt::format("{}/blobs/{}", root, digest.ToHex().substr(0, 2));
}

std::string BlobPath(std::string_view root, const Digest& digest) {
  return fmt::format("{}/{}", BlobDirectory(root, digest), digest.ToHex());
}

std::string BlobTemporaryDirectory(std::string_view root) {
  return fmt::format("{}/blobs/tmp", root);
}

std::string StorageTokenPath(std::string_view root) {
  return fmt::format("{}/storage_token", root);
}

std::string CheckpointsPath(std::string_view root) { return fmt::format("{}/checkpoints", root); }

absl::StatusOr<std::string> ReadStorageToken(std::string_view root) {
  const std::string path = StorageTokenPath(root);
  ASSIGN_OR_RETURN(std::string token, ReadFile(path, 4096));
  std::array<std::uint8_t, kTokenBytes> bytes;
  if (!HexDecode(token, bytes)) {
    return absl::DataLossError(fmt::format("{} has {} bytes, not {} hexadecimal digits", path,
                                           token.size(), 2 * kTokenBytes));
  }
  return token;
}

absl::StatusOr<std::string> EnsureStorageToken(std::string_view root, Random& random) {
  absl::StatusOr<std::string> token = ReadStorageToken(root);
  if (!absl::IsNotFound(token.status())) return token;

  RETURN_IF_ERROR(MakeDirectories(std::string(root)));
  RETURN_IF_ERROR(CreateToken(StorageTokenPath(root),
                              fmt::format("{:016x}{:016x}", random.Next(), random.Next())));
  return ReadStorageToken(root);
}

}  // namespace orrery
