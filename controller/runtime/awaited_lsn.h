// Tells the journal thread if the loop waits for records that became durable, so that it wakes the
// loop only then.
//
// Threading: thread-safe.
#pragma once

#include <utility>

#include "base/mutex.h"
#include "base/thread_annotations.h"
#include "controller/journal/journal.h"

namespace orrery::runtime {

class AwaitedLsn {
 public:
  // Waits for records up to `lsn`. Call before the record is appended. Returns the LSN that is
  // durable already, for which the loop may not have been woken.
  journal::Lsn Await(journal::Lsn lsn) {
    const MutexLock lock(mutex_);
    awaited_ = lsn;
    return reached_;
  }
  // Marks records up to `lsn` as durable. Returns true if the loop waits for a record after the
  // previous durable one.
  bool Reach(journal::Lsn lsn) {
    const MutexLock lock(mutex_);
    return awaited_ > std::exchange(reached_, lsn);
  }

 private:
  Mutex mutex_;
  journal::Lsn awaited_ GUARDED_BY(mutex_) = 0;
  journal::Lsn reached_ GUARDED_BY(mutex_) = 0;
};

}  // namespace orrery::runtime
