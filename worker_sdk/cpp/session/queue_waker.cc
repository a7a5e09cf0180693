#include "worker_sdk/cpp/session/queue_waker.h"

#include "grpcpp/alarm.h"
#include "grpcpp/completion_queue.h"

namespace orrery {

QueueWaker::QueueWaker(grpc::CompletionQueue& queue, void* tag)
    : queue_(queue), tag_(tag), alarm_(std::make_unique<grpc::Alarm>()) {}

QueueWaker::~QueueWaker() = default;

void QueueWaker::Wake() {
  const MutexLock lock(mutex_);
  if (is_pending_ || is_closed_) return;
  is_pending_ = true;
  // A deadline that has passed for sure: with any other the timers' thread would be in between.
  alarm_->Set(&queue_, gpr_inf_past(GPR_CLOCK_MONOTONIC), tag_);
}

void QueueWaker::Rearm() {
  const MutexLock lock(mutex_);
  is_pending_ = false;
}

void QueueWaker::Close() {
  const MutexLock lock(mutex_);
  is_closed_ = true;
}

}  // namespace orrery
