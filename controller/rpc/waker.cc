#include "controller/rpc/waker.h"

#include "grpcpp/alarm.h"

namespace orrery::rpc {

Waker::Waker(grpc::CompletionQueue& queue)
    : queue_(queue), alarm_(std::make_unique<grpc::Alarm>()) {}

Waker::~Waker() = default;

void Waker::Wake() {
  // Set under the lock: an alarm must not be set again before Set has returned.
  MutexLock lock(mutex_);
  if (is_on_its_way_ || is_stopped_) return;
  is_on_its_way_ = true;
  alarm_->Set(&queue_, gpr_inf_past(GPR_CLOCK_MONOTONIC), static_cast<Tag*>(this));
}

void Waker::Stop() {
  MutexLock lock(mutex_);
  is_stopped_ = true;
}

void Waker::OnEvent(bool) {
  MutexLock lock(mutex_);
  is_on_its_way_ = false;
}

}  // namespace orrery::rpc
