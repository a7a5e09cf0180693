#include "base/blob_writer.h"

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

#include "base/blob_layout.h"
#include "base/check.h"
#include "base/disk_space.h"
#include "base/random.h"
#include "base/status_macros.h"
#include "fmt/format.h"

namespace orrery {
namespace {

// The disk is measured once for this many bytes of a blob.
constexpr std::uint64_t kCheckedBytes = 16 * 1024 * 1024;

// Returns true, and renews the modification time, if the blob exists with its full size. A blob of
// another size was truncated by a power cut under a weaker durability level.
bool RenewWhole(const std::string& path, std::uint64_t size_bytes) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0 &&
         static_cast<std::uint64_t>(info.st_size) == size_bytes && RenewBlob(path);
}

}  // namespace

absl::StatusOr<BlobWriter> BlobWriter::Create(BlobWriterOptions options) {
  CHECK(options.owner.find('/') == std::string::npos);
  const std::string directory = BlobTemporaryDirectory(options.root);
  RETURN_IF_ERROR(MakeDirectories(directory));
  SystemRandom random;
  std::string path =
      fmt::format("{}/{}.{:016x}{:016x}", directory, options.owner, random.Next(), random.Next());
  FileDescriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0444));
  if (!file.is_open()) return ErrnoStatus(errno, "create", path);
  return BlobWriter(std::move(options), std::move(path), std::move(file));
}

BlobWriter::BlobWriter(BlobWriterOptions options, std::string path, FileDescriptor file)
    : options_(std::move(options)), path_(std::move(path)), file_(std::move(file)) {}

BlobWriter::BlobWriter(BlobWriter&& other) noexcept
    : options_(std::move(other.options_)),
      path_(std::exchange(other.path_, {})),
      file_(std::move(other.file_)),
      hash_(std::move(other.hash_)),
      size_bytes_(other.size_bytes_),
      checked_bytes_(other.checked_bytes_) {}

BlobWriter::~BlobWriter() {
  if (!path_.empty()) ::unlink(path_.c_str());
}

absl::StatusOr<Digest> BlobWriter::WriteWhole(BlobWriterOptions options, std::string_view bytes) {
  const Digest digest = Sha256(bytes);
  if (RenewWhole(BlobPath(options.root, digest), bytes.size())) return digest;
  ASSIGN_OR_RETURN(BlobWriter writer, Create(std::move(options)));
  RETURN_IF_ERROR(writer.Write(bytes));
  RETURN_IF_ERROR(writer.FinishFile());
  RETURN_IF_ERROR(writer.Publish(digest));
  return digest;
}

absl::Status BlobWriter::Append(std::string_view bytes) {
  RETURN_IF_ERROR(Write(bytes));
  hash_.Update(bytes);
  return absl::OkStatus();
}

absl::Status BlobWriter::Write(std::string_view bytes) {
  RETURN_IF_ERROR(CheckLimit(options_.blob_bytes, "the blob so far", size_bytes_ + bytes.size(),
                             "store it in parts", absl::StatusCode::kResourceExhausted));
  if (size_bytes_ + bytes.size() > checked_bytes_) {
    RETURN_IF_ERROR(CheckRoom(MeasureDisk(options_.root), options_.root, kFilesReserve,
                              bytes.size(), "a large value is not stored"));
    checked_bytes_ = size_bytes_ + bytes.size() + kCheckedBytes;
  }
  RETURN_IF_ERROR(WriteFully(file_, bytes, path_));
  size_bytes_ += bytes.size();
  return absl::OkStatus();
}

absl::StatusOr<Digest> BlobWriter::Commit(const std::optional<Digest>& expected) {
  CHECK(file_.is_open());
  const Digest digest = hash_.Finish();
  if (expected.has_value() && *expected != digest) {
    return absl::InvalidArgumentError(fmt::format("blob of {} bytes has digest {}, not {}",
                                                  size_bytes_, digest.ToHex(), expected->ToHex()));
  }
  RETURN_IF_ERROR(FinishFile());
  RETURN_IF_ERROR(Publish(digest));
  return digest;
}

absl::Status BlobWriter::FinishFile() {
  if (options_.sync == Sync::kSync && ::fsync(file_.value()) != 0) {
    return ErrnoStatus(errno, "sync", path_);
  }
  return file_.Close(path_);
}

absl::Status BlobWriter::Publish(const Digest& digest) {
  const std::string target = BlobPath(options_.root, digest);
  if (RenewWhole(target, size_bytes_)) return absl::OkStatus();
  const std::string directory = BlobDirectory(options_.root, digest);
  bool is_new_directory = false;
  // The folder exists, except for its first blob. Creating it every time would wait for renames of
  // other threads.
  if (::rename(path_.c_str(), target.c_str()) != 0) {
    if (errno != ENOENT) return ErrnoStatus(errno, "create", target);
    is_new_directory = ::mkdir(directory.c_str(), 0777) == 0;
    if (!is_new_directory && errno != EEXIST) return ErrnoStatus(errno, "create folder", directory);
    if (::rename(path_.c_str(), target.c_str()) != 0) return ErrnoStatus(errno, "create", target);
  }
  path_.clear();
  if (options_.sync == Sync::kNone) return absl::OkStatus();
  RETURN_IF_ERROR(SyncDirectory(directory));
  return is_new_directory ? SyncDirectory(options_.root + "/blobs") : absl::OkStatus();
}

bool RenewBlob(const std::string& path) {
  return ::utimensat(AT_FDCWD, path.c_str(), nullptr, 0) == 0;
}

}  // namespace orrery
