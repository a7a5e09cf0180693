// Backups of the store that a controller runs on, one at a time, and none while the store is being
// cleared of garbage.
//
// Threading: thread-safe.
#pragma once

#include <string>
#include <utility>

#include "base/clock.h"
#include "controller/journal/rocksdb_journal.h"
#include "controller/rpc/admin/backup_access.h"
#include "controller/store_gate.h"

namespace orrery {

class BackupAdapter final : public rpc::BackupAccess {
 public:
  // All but `root` outlive it; the journal is that of `root`.
  BackupAdapter(const journal::RocksDbJournal& journal, std::string root, const Clock& clock,
                StoreGate& gate)
      : journal_(journal), root_(std::move(root)), clock_(clock), gate_(gate) {}

  absl::StatusOr<rpc::BackupMade> Create(const std::string& directory,
                                         const std::function<bool()>& is_cancelled) override;

 private:
  const journal::RocksDbJournal& journal_;
  const std::string root_;
  const Clock& clock_;
  StoreGate& gate_;
};

}  // namespace orrery
