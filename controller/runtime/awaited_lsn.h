// Tells the journal's thread whether anybody waits for what has become durable, so that it need not
// wake the loop for nothing.
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
  // To be called before the record is appended; it is the last one awaited so far. Returns up to
  // where records are durable already: who told of that may not have woken anybody.
  journal::Lsn Await(journal::Lsn lsn) {
    const MutexLock lock(mutex_);
    awaited_ = lsn;
    return reached_;
  }
  // Records up to `lsn` are durable. Whether one of those that were not is awaited, or a later one.
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
