// Admits calls that hold a thread for long, so that threads are left for others.
//
// Threading: thread-safe.
#pragma once

#include <cstdint>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/limit.h"
#include "base/mutex.h"
#include "base/status_macros.h"
#include "fmt/format.h"

namespace orrery::rpc {

class CallGate {
 public:
  // An admitted call, until it is destroyed.
  class Pass {
   public:
    explicit Pass(CallGate& gate) : gate_(&gate) {}
    Pass(Pass&& other) noexcept : gate_(std::exchange(other.gate_, nullptr)) {}
    Pass& operator=(Pass&&) = delete;
    ~Pass() {
      if (gate_ != nullptr) gate_->Leave();
    }

   private:
    CallGate* gate_;  // Null after a move. It outlives its passes.
  };

  explicit CallGate(Limit limit) : limit_(limit) {}
  CallGate(const CallGate&) = delete;
  CallGate& operator=(const CallGate&) = delete;

  // Errors: kResourceExhausted names the limit.
  absl::StatusOr<Pass> Enter() EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    RETURN_IF_ERROR(CheckLimit(limit_, fmt::format("the list of {}", limit_.of), running_ + 1,
                               "wait until one has ended", absl::StatusCode::kResourceExhausted));
    ++running_;
    return Pass(*this);
  }

 private:
  void Leave() EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    --running_;
  }

  const Limit limit_;
  Mutex mutex_;
  std::uint64_t running_ GUARDED_BY(mutex_) = 0;
};

}  // namespace orrery::rpc
