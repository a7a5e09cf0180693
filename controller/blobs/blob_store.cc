#include "controller/blobs/blob_store.h"

#include <algorithm>
#include <cerrno>
#include <sys/stat.h>
#include <utility>

#include "base/blob_layout.h"
#include "base/disk_space.h"
#include "base/file.h"
#include "base/random.h"
#include "base/status_macros.h"
#include "controller/blobs/blob_check.h"
#include "controller/blobs/blob_sweep.h"
#include "fmt/format.h"

namespace orrery::blobs {
namespace {

constexpr std::string_view kOwner = "controller";
absl::Status WrongDigest(const std::string& path, const Digest& found) {
  return absl::DataLossError(
      fmt::format("blob {} holds bytes with digest {}", path, found.ToHex()));
}

}  // namespace

absl::StatusOr<BlobStore> BlobStore::Open(BlobStoreOptions options) {
  RETURN_IF_ERROR(MakeDirectories(BlobTemporaryDirectory(options.root)));
  RETURN_IF_ERROR(RestoreCondemned(options.root));
  RETURN_IF_ERROR(RemoveTemporaries(options.root, std::string(kOwner) + ".").status());
  SystemRandom random;
  ASSIGN_OR_RETURN(std::string token, EnsureStorageToken(options.root, random));
  return BlobStore(std::move(options), std::move(token));
}

BlobStore::BlobStore(BlobStoreOptions options, std::string token)
    : options_(std::move(options)), token_(std::move(token)) {}

BlobWriterOptions BlobStore::WriterOptions(std::uint64_t bytes_max) const {
  BlobWriterOptions options{.root = options_.root,
                            .owner = std::string(kOwner),
                            .blob_bytes = options_.blob_bytes,
                            .sync = options_.sync};
  options.blob_bytes.max = std::min(bytes_max, options.blob_bytes.max);
  return options;
}

absl::StatusOr<Digest> BlobStore::Put(std::string_view bytes) const {
  return BlobWriter::WriteWhole(WriterOptions(options_.blob_bytes.max), bytes);
}

absl::StatusOr<BlobWriter> BlobStore::NewWriter(std::uint64_t bytes_max) const {
  RETURN_IF_ERROR(CheckRoom(MeasureDisk(options_.root), options_.root, kFilesReserve, bytes_max,
                            "a large value is not stored"));
  return BlobWriter::Create(WriterOptions(bytes_max));
}

absl::StatusOr<std::string> BlobStore::Get(const Digest& digest, std::uint64_t bytes_max) const {
  const std::string path = Path(digest);
  ASSIGN_OR_RETURN(std::string bytes, ReadFile(path, bytes_max));
  if (const Digest found = Sha256(bytes); found != digest) return WrongDigest(path, found);
  return bytes;
}

absl::Status BlobStore::Verify(const graph::BlobRef& blob) const {
  return CheckBlob(options_.root, blob, BlobCheck::kDigest);
}

absl::StatusOr<std::uint64_t> BlobStore::Size(const Digest& digest) const {
  const std::string path = Path(digest);
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return ErrnoStatus(errno, "inspect", path);
  return static_cast<std::uint64_t>(info.st_size);
}

bool BlobStore::Contains(const Digest& digest) const { return Size(digest).ok(); }

bool BlobStore::Renew(const Digest& digest) const { return RenewBlob(Path(digest)); }

std::string BlobStore::Path(const Digest& digest) const { return BlobPath(options_.root, digest); }

}  // namespace orrery::blobs
