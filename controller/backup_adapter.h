// Backups of the store that a controller runs on, one at a time.
//
// Threading: thread-safe.
#pragma once

#include <string>
#include <utility>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/thread_annotations.h"
#include "controller/rpc/admin/backup_access.h"
#include "controller/storage/rocksdb_journal.h"

namespace orrery {

class BackupAdapter final : public rpc::BackupAccess {
 public:
  // `journal` and `clock` outlive it; the journal is that of `root`.
  BackupAdapter(const storage::RocksDbJournal& journal, std::string root, const Clock& clock)
      : journal_(journal), root_(std::move(root)), clock_(clock) {}

  absl::StatusOr<rpc::BackupMade> Create(const std::string& directory,
                                         const std::function<bool()>& is_cancelled) override
      EXCLUDES(mutex_);

 private:
  const storage::RocksDbJournal& journal_;
  const std::string root_;
  const Clock& clock_;

  Mutex mutex_;
  std::string in_the_making_ GUARDED_BY(mutex_);  // Empty: none.
};

}  // namespace orrery
