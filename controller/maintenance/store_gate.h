// Excludes operations that copy the store or delete from it from each other.
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

  // `what` is a sentence such as "a backup is being made". An OK must be followed by Leave.
  //
  // Errors: kFailedPrecondition, with the sentence of the operation in progress.
  absl::Status Enter(std::string what) EXCLUDES(mutex_);
  // Same as Enter, but waits for an operation that entered with `awaited`.
  //
  // Errors: also kCancelled if `is_cancelled`, which is called from time to time, returns true.
  absl::Status EnterAfter(const std::string& awaited, std::string what,
                          const std::function<bool()>& is_cancelled) EXCLUDES(mutex_);
  void Leave() EXCLUDES(mutex_);

 private:
  absl::Status EnterNow(std::string what) REQUIRES(mutex_);

  Mutex mutex_;
  CondVar changed_;
  std::string inside_ GUARDED_BY(mutex_);  // Empty if no operation is in progress.
};

// Maps kUnavailable, the code of an unusable disk, to kUnknown: clients read kUnavailable as
// "controller unreachable".
absl::Status DiskStatusForClient(const absl::Status& status);

}  // namespace orrery::maintenance
