// Makes backups of the store that a controller runs on: one at a time, and none while garbage is
// collected.
//
// Threading: thread-safe.
#pragma once

#include <functional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "base/clock.h"
#include "controller/journal/rocksdb_journal.h"
#include "controller/maintenance/backup_manifest.h"
#include "controller/maintenance/store_gate.h"

namespace orrery::maintenance {

class BackupRunner {
 public:
  // All but `root` outlive it; the journal is that of `root`.
  BackupRunner(const journal::RocksDbJournal& journal, std::string root, const Clock& clock,
               StoreGate& gate)
      : journal_(journal), root_(std::move(root)), clock_(clock), gate_(gate) {}

  // Asks `is_cancelled` now and then, on the calling thread; blocks on the disk. Errors as of
  // AdminService.CreateBackup.
  absl::StatusOr<BackupManifest> Create(const std::string& directory,
                                        const std::function<bool()>& is_cancelled);

 private:
  const journal::RocksDbJournal& journal_;
  const std::string root_;
  const Clock& clock_;
  StoreGate& gate_;
};

}  // namespace orrery::maintenance
