#include "controller/maintenance/restore.h"

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <system_error>
#include <unistd.h>
#include <utility>

#include "base/file.h"
#include "base/status_macros.h"
#include "controller/engine/record.h"
#include "controller/journal/journal_end.h"
#include "controller/journal/rocksdb_journal.h"
#include "controller/maintenance/backup.h"
#include "controller/maintenance/backup_manifest.h"
#include "controller/maintenance/file_copy.h"
#include "controller/maintenance/store_root.h"
#include "fmt/format.h"

namespace orrery::maintenance {
namespace {

// After the backup, the controller may have restarted, and its workers may still hold attempts of
// those epochs. None of these may be taken for an attempt of this store.
constexpr std::uint64_t kEpochsSkipped = 1000;

absl::Status Rename(const std::string& from, const std::string& to) {
  if (std::rename(from.c_str(), to.c_str()) == 0) return absl::OkStatus();
  return ErrnoStatus(errno, "rename", from);
}

absl::Status CheckRoot(const std::string& root) {
  if (!HasJournal(root)) return absl::OkStatus();
  return absl::FailedPreconditionError(
      fmt::format("the root {} has a journal, {}; restore to another root, or move that one away "
                  "first",
                  root, JournalPath(root)));
}

absl::Status CheckCounts(const BackupManifest& manifest, const StoreReport& report,
                         const std::string& backup) {
  if (report.records == manifest.records) return absl::OkStatus();
  return absl::DataLossError(
      fmt::format("the backup {} has {} records, not the {} that it was made "
                  "with; take another backup",
                  backup, report.records, manifest.records));
}

absl::Status SkipEpochs(const std::string& journal_path, std::uint64_t epoch, absl::Time now) {
  absl::Status failure;
  {
    ASSIGN_OR_RETURN(const std::unique_ptr<journal::RocksDbJournal> journal,
                     journal::RocksDbJournal::Open({.path = journal_path},
                                                   {.on_failure = [&failure](absl::Status status) {
                                                     failure = std::move(status);
                                                   }}));
    RETURN_IF_ERROR(
        journal->Replay([](journal::Lsn, const engine::Record&) { return absl::OkStatus(); }));
    journal->Append(
        {{.at = now, .body = engine::ControllerStarted{.epoch = epoch + kEpochsSkipped}}});
  }
  // The journal is closed, so its thread has reported every failure.
  return failure;
}

// Renames the checked copy to the names that a controller looks for.
absl::Status Publish(const std::string& copy, const std::string& root) {
  const std::string path = JournalPath(root);
  // A crash during an earlier restore may have left a folder without a valid journal.
  RETURN_IF_ERROR(RemoveTree(path));
  // The file of the end first: it is rejected without its journal, and the journal never exists
  // without it.
  RETURN_IF_ERROR(Rename(journal::JournalEndPath(copy), journal::JournalEndPath(path)));
  RETURN_IF_ERROR(Rename(copy, path));
  return SyncDirectory(root);
}

absl::StatusOr<StoreReport> Restore(const RestoreOptions& options, const std::string& copy) {
  ASSIGN_OR_RETURN(const BackupManifest manifest, ReadBackupManifest(options.backup));
  RETURN_IF_ERROR(MakeDirectories(options.root));
  RETURN_IF_ERROR(ShareBlobs(options.backup, options.root, [] { return false; }).status());
  const std::string source = JournalPath(options.backup);
  RETURN_IF_ERROR(CopyFolder(source, copy));
  RETURN_IF_ERROR(CopyFile(journal::JournalEndPath(source), journal::JournalEndPath(copy)));
  const StoreCheckOptions check{
      .root = options.root, .journal = copy, .blobs = blobs::BlobCheck::kDigest};
  ASSIGN_OR_RETURN(const StoreReport before, CheckStore(check));
  if (!before.is_sound()) return before;
  RETURN_IF_ERROR(CheckCounts(manifest, before, options.backup));
  RETURN_IF_ERROR(SkipEpochs(copy, before.epoch, options.now));
  RETURN_IF_ERROR(Publish(copy, options.root));
  return CheckStore({.root = options.root});
}

}  // namespace

absl::StatusOr<StoreReport> RestoreStore(const RestoreOptions& options) {
  RETURN_IF_ERROR(CheckRoot(options.root));
  const std::string copy = JournalPath(options.root) + ".incomplete";
  // From an earlier attempt.
  RETURN_IF_ERROR(RemoveTree(copy));
  RETURN_IF_ERROR(RemoveTree(journal::JournalEndPath(copy)));
  absl::StatusOr<StoreReport> report = Restore(options, copy);
  RETURN_IF_ERROR(RemoveTree(copy));
  RETURN_IF_ERROR(RemoveTree(journal::JournalEndPath(copy)));
  return report;
}

}  // namespace orrery::maintenance
