#include "controller/blobs/blob_sweep.h"

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <vector>

#include "base/blob_layout.h"
#include "base/file.h"
#include "base/status_macros.h"
#include "controller/blobs/blob_list.h"
#include "fmt/format.h"

namespace orrery::blobs {
namespace {

namespace fs = std::filesystem;

// The prefix of blobs that a sweep has moved away, among the temporary files.
constexpr std::string_view kCondemned = "condemned.";
// A worker that outlives its controller may still be writing a blob.
constexpr std::chrono::hours kTemporaryAgeMax{24};

struct FileInfo {
  absl::Time written_at;
  std::uint64_t bytes = 0;
};

// Returns nullopt if the file does not exist.
absl::StatusOr<std::optional<FileInfo>> Inspect(const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) == 0) {
    return FileInfo{absl::TimeFromTimespec(info.st_mtim), static_cast<std::uint64_t>(info.st_size)};
  }
  if (errno == ENOENT) return std::nullopt;
  return ErrnoStatus(errno, "inspect", path);
}

absl::Status Move(const std::string& from, const std::string& to) {
  if (std::rename(from.c_str(), to.c_str()) == 0 || errno == ENOENT) return absl::OkStatus();
  return ErrnoStatus(errno, "rename", from);
}

class Sweep {
 public:
  explicit Sweep(const SweepRequest& request) : request_(request) {}

  absl::StatusOr<SweepReport> Run() {
    ASSIGN_OR_RETURN(const std::vector<Digest> blobs, ListBlobs(request_.root));
    for (const Digest& blob : blobs) {
      if (request_.is_cancelled()) return absl::CancelledError("the sweep was given up");
      RETURN_IF_ERROR(Visit(blob));
    }
    return report_;
  }

 private:
  bool IsYoung(const FileInfo& file) const {
    return file.written_at + request_.grace > request_.now;
  }

  absl::Status Visit(const Digest& blob) {
    const std::string path = BlobPath(request_.root, blob);
    ASSIGN_OR_RETURN(const std::optional<FileInfo> file, Inspect(path));
    if (!file.has_value()) return absl::OkStatus();
    if (request_.needed.contains(blob) || IsYoung(*file)) {
      ++report_.kept;
      return absl::OkStatus();
    }
    if (!request_.is_dry_run) {
      ASSIGN_OR_RETURN(const bool is_removed, Remove(blob, path));
      if (!is_removed) {
        ++report_.kept;
        return absl::OkStatus();
      }
    }
    ++report_.removed;
    report_.removed_bytes += file->bytes;
    return absl::OkStatus();
  }

  // Returns false if the blob was renewed in the meantime.
  absl::StatusOr<bool> Remove(const Digest& blob, const std::string& path) {
    const std::string away =
        fmt::format("{}/{}{}", BlobTemporaryDirectory(request_.root), kCondemned, blob.ToHex());
    RETURN_IF_ERROR(Move(path, away));
    ASSIGN_OR_RETURN(const std::optional<FileInfo> file, Inspect(away));
    if (file.has_value() && IsYoung(*file)) {
      RETURN_IF_ERROR(Move(away, path));
      return false;
    }
    if (::unlink(away.c_str()) != 0 && errno != ENOENT) return ErrnoStatus(errno, "remove", away);
    return true;
  }

  const SweepRequest& request_;
  SweepReport report_;
};

}  // namespace

absl::StatusOr<SweepReport> SweepBlobs(const SweepRequest& request) { return Sweep(request).Run(); }

absl::Status RestoreCondemned(std::string_view root) {
  const std::string folder = BlobTemporaryDirectory(root);
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (!name.starts_with(kCondemned)) continue;
    const absl::StatusOr<Digest> blob = Digest::Parse(name.substr(kCondemned.size()));
    if (blob.ok()) RETURN_IF_ERROR(Move(entry->path().string(), BlobPath(root, *blob)));
  }
  if (error) return ErrnoStatus(error.value(), "list", folder);
  return absl::OkStatus();
}

absl::StatusOr<std::uint64_t> RemoveTemporaries(std::string_view root,
                                                std::string_view own_prefix) {
  const std::string folder = BlobTemporaryDirectory(root);
  std::uint64_t removed = 0;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    std::error_code gone;
    const auto written_at = entry->last_write_time(gone);
    const bool is_old = !gone && fs::file_time_type::clock::now() - written_at > kTemporaryAgeMax;
    const bool is_own =
        !own_prefix.empty() && entry->path().filename().string().starts_with(own_prefix);
    if (!is_old && !is_own) continue;
    RETURN_IF_ERROR(RemoveTree(entry->path().string()));
    ++removed;
  }
  if (error) return ErrnoStatus(error.value(), "list", folder);
  return removed;
}

}  // namespace orrery::blobs
