// Tells a running task that its outcome is no longer needed.
//
// Threading: thread-safe.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "base/mutex.h"

namespace orrery {

// The view of a task. Copies share the same cancellation.
class CancellationToken {
 public:
  bool IsCancelled() const;
  // Returns the reason; empty if not cancelled.
  std::string reason() const;
  // Waits until cancelled or until `timeout` expires. Returns true if cancelled.
  bool WaitFor(absl::Duration timeout) const;

 private:
  friend class CancellationSource;

  struct State {
    mutable Mutex mutex;
    mutable CondVar changed;
    bool is_cancelled GUARDED_BY(mutex) = false;
    std::string reason GUARDED_BY(mutex);
  };

  explicit CancellationToken(std::shared_ptr<State> state) : state_(std::move(state)) {}

  std::shared_ptr<State> state_;  // Shared: a task may outlive the source.
};

class CancellationSource {
 public:
  CancellationSource() : state_(std::make_shared<CancellationToken::State>()) {}

  CancellationToken token() const { return CancellationToken(state_); }
  // The first reason is kept.
  void Cancel(std::string_view reason);

 private:
  std::shared_ptr<CancellationToken::State> state_;
};

}  // namespace orrery
