// A copy of a store, taken while a controller runs on it.
//
// First the journal, as it is at one moment, then the blobs: a blob is written before any record
// refers to it. Whoever removes blobs has to wait for a backup that has begun, and the other way
// round.
//
// The folder appears whole, under its name, at the very end. It is laid out like a root, without
// the storage token, so that whoever could see the old root is not taken to see the new one.
//
// Threading: functions without state; they block on the disk: never from the loop thread.
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
  // Of the store.
  std::string root;
  // Absolute, outside the root; it does not exist yet, or is an empty folder. The folder above it
  // exists.
  std::string directory;
  absl::Time now;
  // Asked now and then: nobody waits for the backup any more.
  std::function<bool()> is_cancelled;
};

// kInvalidArgument: the folder is none that a backup can have; kNotFound: there is no folder above
// it; kAlreadyExists: something is there; kFailedPrecondition: the journal is kept in memory;
// kCancelled; kResourceExhausted: no space; kDataLoss: the store is damaged. On an error nothing is
// left behind.
absl::StatusOr<BackupManifest> CreateBackup(const journal::RocksDbJournal& journal,
                                            const BackupOptions& options);

// Gives all blobs of a root names under another one, and returns how many there are.
absl::StatusOr<BackupManifest> ShareBlobs(std::string_view from, std::string_view to,
                                          const std::function<bool()>& is_cancelled);

}  // namespace orrery::maintenance
