// One at a time: what copies the store, and what removes from it.
//
// Threading: thread-safe.
#pragma once

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "base/mutex.h"
#include "base/thread_annotations.h"

namespace orrery::maintenance {

class StoreGate {
 public:
  StoreGate() = default;
  StoreGate(const StoreGate&) = delete;
  StoreGate& operator=(const StoreGate&) = delete;

  // `what` is a sentence, as in "a backup is being made". kFailedPrecondition: another one is
  // inside; the message has its sentence. Leave must follow an OK.
  absl::Status Enter(std::string what) EXCLUDES(mutex_);
  // The same, but waits for one inside that said `awaited`. kCancelled: `is_cancelled` said so,
  // which is asked now and then.
  absl::Status EnterAfter(const std::string& awaited, std::string what,
                          const std::function<bool()>& is_cancelled) EXCLUDES(mutex_);
  void Leave() EXCLUDES(mutex_);

 private:
  absl::Status EnterNow(std::string what) REQUIRES(mutex_);

  Mutex mutex_;
  CondVar changed_;
  std::string inside_ GUARDED_BY(mutex_);  // Empty: nobody.
};

// Maps kUnavailable, which a disk that cannot be used gives, to kUnknown: clients read kUnavailable
// as "controller unreachable".
absl::Status DiskStatusForClient(const absl::Status& status);

}  // namespace orrery::maintenance
