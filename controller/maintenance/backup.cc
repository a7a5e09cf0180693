#include "controller/maintenance/backup.h"

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <set>
#include <system_error>
#include <utility>
#include <vector>

#include "base/blob_layout.h"
#include "base/disk_space.h"
#include "base/file.h"
#include "base/status_macros.h"
#include "controller/blobs/blob_check.h"
#include "controller/blobs/blob_list.h"
#include "controller/journal/journal_end.h"
#include "controller/journal/journal_reader.h"
#include "controller/journal/record_blobs.h"
#include "controller/maintenance/file_copy.h"
#include "controller/maintenance/store_root.h"
#include "fmt/format.h"

namespace orrery::maintenance {
namespace {

namespace fs = std::filesystem;

// Returns true if `path` is `folder` or lies under it.
bool IsWithin(const fs::path& path, const fs::path& folder) {
  const fs::path relative = path.lexically_relative(folder);
  return !relative.empty() && *relative.begin() != "..";
}

// Returns the folder without links and dots, if it is suitable for a backup.
absl::StatusOr<fs::path> CheckTarget(const BackupOptions& options) {
  const fs::path asked(AbsolutePath(options.directory));
  const bool is_named = asked.has_filename() && asked.filename() != "..";
  if (!fs::path(options.directory).is_absolute() || !is_named) {
    return absl::InvalidArgumentError(
        fmt::format("invalid backup folder \"{}\": expected an absolute path", options.directory));
  }
  std::error_code error;
  fs::path target = fs::weakly_canonical(asked.parent_path(), error) / asked.filename();
  if (!fs::is_directory(target.parent_path(), error)) {
    return absl::NotFoundError(
        fmt::format("there is no folder {} on the controller's machine to make the backup {} in; "
                    "make it first",
                    target.parent_path().string(), target.filename().string()));
  }
  if (fs::exists(fs::symlink_status(target, error)) &&
      !(fs::is_directory(fs::symlink_status(target, error)) && fs::is_empty(target, error))) {
    return absl::AlreadyExistsError(
        fmt::format("{} exists and is not an empty folder; choose another name for the backup",
                    target.string()));
  }
  target = fs::weakly_canonical(target, error);
  if (!error && IsWithin(target, fs::weakly_canonical(options.root, error))) {
    return absl::InvalidArgumentError(
        fmt::format("{} lies in the root {} itself, and would be lost with it; take a folder "
                    "outside, on another disk at best",
                    target.string(), options.root));
  }
  if (error) return ErrnoStatus(error.value(), "inspect", target.string());
  return target;
}

absl::Status BackupCancelled() { return absl::CancelledError("the backup was given up"); }

// Reads the copied journal completely, and checks every blob that it refers to. Returns the LSN of
// the last record.
absl::StatusOr<journal::Lsn> CheckCopy(const std::string& copy,
                                       const std::function<bool()>& is_cancelled) {
  ASSIGN_OR_RETURN(const journal::JournalReader reader,
                   journal::JournalReader::Open(JournalPath(copy)));
  std::set<Digest> seen;
  return reader.Read(
      {.on_record = [&](journal::Lsn lsn, const engine::Record& record) -> absl::Status {
         if (is_cancelled()) return BackupCancelled();
         for (const graph::BlobRef& blob : journal::BlobsOf(record)) {
           if (!seen.insert(blob.digest).second) continue;
           if (const absl::Status status = blobs::CheckBlob(copy, blob, blobs::BlobCheck::kLength);
               !status.ok()) {
             return absl::DataLossError(fmt::format(
                 "record {} refers to blob {}, which is missing or damaged; stop the controller "
                 "and see what orreryd fsck says",
                 lsn, blob.digest.ToHex()));
           }
         }
         return absl::OkStatus();
       },
       .on_problem = [](journal::Lsn, absl::Status problem) { return problem; }});
}

absl::StatusOr<BackupManifest> FillBackup(const journal::RocksDbJournal& journal,
                                          const BackupOptions& options, const std::string& copy) {
  ASSIGN_OR_RETURN(const journal::Lsn acknowledged, journal.Checkpoint(JournalPath(copy)));
  ASSIGN_OR_RETURN(BackupManifest manifest, ShareBlobs(options.root, copy, options.is_cancelled));
  ASSIGN_OR_RETURN(manifest.records, CheckCopy(copy, options.is_cancelled));
  RETURN_IF_ERROR(journal::CheckJournalEnd(JournalPath(copy), manifest.records, acknowledged));
  RETURN_IF_ERROR(WriteFileAtomically(journal::JournalEndPath(JournalPath(copy)),
                                      journal::EncodeJournalEnd(manifest.records), Sync::kSync));
  manifest.created_at = options.now;
  RETURN_IF_ERROR(
      WriteFileAtomically(BackupManifestPath(copy), EncodeBackupManifest(manifest), Sync::kSync));
  return manifest;
}

}  // namespace

absl::StatusOr<BackupManifest> ShareBlobs(std::string_view from, std::string_view to,
                                          const std::function<bool()>& is_cancelled) {
  ASSIGN_OR_RETURN(const std::vector<Digest> blobs, blobs::ListBlobs(from));
  BackupManifest manifest;
  std::set<std::string> folders;
  RETURN_IF_ERROR(MakeDirectories(fmt::format("{}/blobs", to)));
  for (const Digest& blob : blobs) {
    if (is_cancelled()) return BackupCancelled();
    const std::string folder = BlobDirectory(to, blob);
    if (folders.insert(folder).second) RETURN_IF_ERROR(MakeDirectories(folder));
    const std::string path = BlobPath(to, blob);
    RETURN_IF_ERROR(LinkOrCopyFile(BlobPath(from, blob), path, is_cancelled));
    std::error_code error;
    manifest.blob_bytes += fs::file_size(path, error);
    if (error) return ErrnoStatus(error.value(), "inspect", path);
    ++manifest.blobs;
  }
  for (const std::string& folder : folders) RETURN_IF_ERROR(SyncDirectory(folder));
  RETURN_IF_ERROR(SyncDirectory(fmt::format("{}/blobs", to)));
  return manifest;
}

absl::StatusOr<BackupManifest> CreateBackup(const journal::RocksDbJournal& journal,
                                            const BackupOptions& options) {
  ASSIGN_OR_RETURN(const fs::path target, CheckTarget(options));
  const std::string parent = target.parent_path().string();
  RETURN_IF_ERROR(
      CheckRoom(MeasureDisk(parent), parent, kFilesReserve, 0, "the backup is not made"));
  // In the parent folder, so that a rename can give it its name.
  ASSIGN_OR_RETURN(const TempDirectory copy, TempDirectory::Create(parent));
  ASSIGN_OR_RETURN(BackupManifest manifest, FillBackup(journal, options, copy.path()));
  RETURN_IF_ERROR(SyncDirectory(copy.path()));
  if (options.is_cancelled()) return BackupCancelled();
  if (std::rename(copy.path().c_str(), target.c_str()) != 0) {
    return ErrnoStatus(errno, "make the backup", target.string());
  }
  RETURN_IF_ERROR(SyncDirectory(parent));
  return manifest;
}

}  // namespace orrery::maintenance
