#include "base/storage_proof.h"

#include <array>
#include <cerrno>
#include <cstdint>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

#include "base/blob_layout.h"
#include "base/file.h"
#include "base/file_descriptor.h"
#include "base/hex.h"
#include "base/secret.h"
#include "base/status_macros.h"
#include "fmt/format.h"

namespace orrery {
namespace {

constexpr std::size_t kNameBytes = 16;

std::string ProofPath(std::string_view root, std::string_view name) {
  return fmt::format("{}/proof.{}", BlobTemporaryDirectory(root), name);
}

}  // namespace

absl::StatusOr<StorageProof> StorageProof::Make(std::string_view root, Random& random) {
  ASSIGN_OR_RETURN(std::string token, ReadStorageToken(root));
  std::string name = NewSecret(random);
  std::string path = ProofPath(root, name);
  const FileDescriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!file.is_open()) return ErrnoStatus(errno, "create", path);
  StorageProof proof(std::move(path), std::move(name), std::move(token));
  RETURN_IF_ERROR(WriteFully(file, proof.name_, proof.path_));
  return proof;
}

StorageProof::StorageProof(std::string path, std::string name, std::string token)
    : path_(std::move(path)), name_(std::move(name)), token_(std::move(token)) {}

StorageProof::StorageProof(StorageProof&& other) noexcept
    : path_(std::exchange(other.path_, {})),
      name_(std::move(other.name_)),
      token_(std::move(other.token_)) {}

StorageProof::~StorageProof() {
  if (!path_.empty()) ::unlink(path_.c_str());
}

bool TakeStorageProof(std::string_view root, std::string_view name) {
  // The name comes from outside: it must not lead elsewhere.
  std::array<std::uint8_t, kNameBytes> digits;
  if (!HexDecode(name, digits)) return false;
  const std::string path = ProofPath(root, name);
  struct stat info {};
  if (::lstat(path.c_str(), &info) != 0 || !S_ISREG(info.st_mode)) return false;
  if (static_cast<std::size_t>(info.st_size) != name.size()) return false;
  ::unlink(path.c_str());
  return true;
}

}  // namespace orrery
