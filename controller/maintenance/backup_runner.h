// Makes backups of the store of a running controller, one at a time, and not during garbage
// collection.
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
  // All references outlive this object. `journal` is the journal of `root`.
  BackupRunner(const journal::RocksDbJournal& journal, std::string root, const Clock& clock,
               StoreGate& gate)
      : journal_(journal), root_(std::move(root)), clock_(clock), gate_(gate) {}

  // Calls `is_cancelled` from time to time on the calling thread. Blocks on the disk. Errors: those
  // of AdminService.CreateBackup.
  absl::StatusOr<BackupManifest> Create(const std::string& directory,
                                        const std::function<bool()>& is_cancelled);

 private:
  const journal::RocksDbJournal& journal_;
  const std::string root_;
  const Clock& clock_;
  StoreGate& gate_;
};

}  // namespace orrery::maintenance
