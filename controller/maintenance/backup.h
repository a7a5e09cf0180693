// Copies the store of a running controller.
//
// Copies first the journal, from a snapshot, then the blobs: a blob is written before any record
// refers to it. Garbage collection must wait for a running backup, and the reverse.
//
// The backup folder appears complete, by a rename at the end. It has the layout of a root, without
// the storage token, so that workers with access to the old root are not assumed to have access to
// the new one.
//
// Threading: functions without state; they block on the disk: do not call on the loop thread.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "controller/journal/rocksdb_journal.h"
#include "controller/maintenance/backup_manifest.h"

namespace orrery::maintenance {

struct BackupOptions {
  // The root of the store.
  std::string root;
  // An absolute path outside the root, of a new or empty folder. The parent folder must exist.
  std::string directory;
  absl::Time now;
  // Called from time to time. Returns true if the backup is no longer wanted.
  std::function<bool()> is_cancelled;
};

// After an error, no files are left behind.
//
// Errors: kInvalidArgument if the path is not suitable; kNotFound if the parent folder does not
// exist; kAlreadyExists if the folder is not empty; kFailedPrecondition if the journal is kept in
// memory; kCancelled; kResourceExhausted if the disk is full; kDataLoss if the store is damaged.
absl::StatusOr<BackupManifest> CreateBackup(const journal::RocksDbJournal& journal,
                                            const BackupOptions& options);

// Links or copies all blobs of one root to another, and returns their number.
absl::StatusOr<BackupManifest> ShareBlobs(std::string_view from, std::string_view to,
                                          const std::function<bool()>& is_cancelled);

}  // namespace orrery::maintenance
