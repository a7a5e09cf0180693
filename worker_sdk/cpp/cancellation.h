// Tells a running task that nobody wants its result any more.
//
// Threading: thread-safe.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "base/mutex.h"

namespace orrery {

// What tasks see. Copies watch the same cancellation.
class CancellationToken {
 public:
  bool IsCancelled() const;
  // Why; empty while it is not cancelled.
  std::string reason() const;
  // Sleeps until it is cancelled or `timeout` is over; whether it is cancelled.
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

  std::shared_ptr<State> state_;  // Shared: a task left behind may outlive whoever cancelled it.
};

class CancellationSource {
 public:
  CancellationSource() : state_(std::make_shared<CancellationToken::State>()) {}

  CancellationToken token() const { return CancellationToken(state_); }
  // The first reason stays.
  void Cancel(std::string_view reason);

 private:
  std::shared_ptr<CancellationToken::State> state_;
};

}  // namespace orrery
