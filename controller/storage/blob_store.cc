#include "controller/storage/blob_store.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include "base/blob_layout.h"
#include "base/file.h"
#include "base/file_descriptor.h"
#include "base/random.h"
#include "base/status_macros.h"
#include "fmt/format.h"

namespace orrery::storage {
namespace {

constexpr std::string_view kOwner = "controller";
// A worker that outlives its controller may be in the middle of a blob.
constexpr std::chrono::hours kForeignFileAgeMax{24};
constexpr std::size_t kReadBytes = 1024 * 1024;

bool IsLeftover(const std::filesystem::directory_entry& entry) {
  if (entry.path().filename().string().starts_with(std::string(kOwner) + ".")) return true;
  std::error_code error;
  const auto written_at = entry.last_write_time(error);
  return !error && std::filesystem::file_time_type::clock::now() - written_at > kForeignFileAgeMax;
}

absl::Status RemoveLeftovers(const std::string& directory) {
  std::error_code error;
  for (std::filesystem::directory_iterator entry(directory, error), end; !error && entry != end;
       entry.increment(error)) {
    if (IsLeftover(*entry)) RETURN_IF_ERROR(RemoveTree(entry->path().string()));
  }
  if (error) return ErrnoStatus(error.value(), "list", directory);
  return absl::OkStatus();
}

absl::Status WrongDigest(const std::string& path, const Digest& found) {
  return absl::DataLossError(
      fmt::format("blob {} holds bytes with digest {}", path, found.ToHex()));
}

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

absl::StatusOr<BlobStore> BlobStore::Open(BlobStoreOptions options) {
  RETURN_IF_ERROR(MakeDirectories(BlobTemporaryDirectory(options.root)));
  RETURN_IF_ERROR(RemoveLeftovers(BlobTemporaryDirectory(options.root)));
  SystemRandom random;
  ASSIGN_OR_RETURN(std::string token, EnsureStorageToken(options.root, random));
  return BlobStore(std::move(options), std::move(token));
}

BlobStore::BlobStore(BlobStoreOptions options, std::string token)
    : options_(std::move(options)), token_(std::move(token)) {}

BlobWriterOptions BlobStore::WriterOptions(std::uint64_t bytes_max) const {
  return {.root = options_.root,
          .owner = std::string(kOwner),
          .bytes_max = std::min(bytes_max, options_.blob_bytes_max),
          .sync = options_.durability == Durability::kDisk ? Sync::kSync : Sync::kNone};
}

absl::StatusOr<Digest> BlobStore::Put(std::string_view bytes) const {
  return WriteBlob(WriterOptions(options_.blob_bytes_max), bytes);
}

absl::StatusOr<BlobWriter> BlobStore::NewWriter(std::uint64_t bytes_max) const {
  return BlobWriter::Create(WriterOptions(bytes_max));
}

absl::StatusOr<std::string> BlobStore::Get(const Digest& digest, std::uint64_t bytes_max) const {
  const std::string path = Path(digest);
  ASSIGN_OR_RETURN(std::string bytes, ReadFile(path, bytes_max));
  if (const Digest found = Sha256(bytes); found != digest) return WrongDigest(path, found);
  return bytes;
}

absl::Status BlobStore::Verify(const graph::BlobRef& blob) const {
  const std::string path = Path(blob.digest);
  ASSIGN_OR_RETURN(const std::uint64_t size, Size(blob.digest));
  if (size != blob.size_bytes) {
    return absl::DataLossError(
        fmt::format("blob {} has {} bytes, not {}", path, size, blob.size_bytes));
  }
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.is_open()) return ErrnoStatus(errno, "open", path);
  ASSIGN_OR_RETURN(const Digest found, DigestOfFile(file, path));
  return found == blob.digest ? absl::OkStatus() : WrongDigest(path, found);
}

absl::StatusOr<std::uint64_t> BlobStore::Size(const Digest& digest) const {
  const std::string path = Path(digest);
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return ErrnoStatus(errno, "inspect", path);
  return static_cast<std::uint64_t>(info.st_size);
}

bool BlobStore::Contains(const Digest& digest) const { return Size(digest).ok(); }

std::string BlobStore::Path(const Digest& digest) const { return BlobPath(options_.root, digest); }

}  // namespace orrery::storage
