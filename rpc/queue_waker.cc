#include "rpc/queue_waker.h"

#include "grpcpp/alarm.h"
#include "grpcpp/completion_queue.h"

namespace orrery::rpc {

QueueWaker::QueueWaker(grpc::CompletionQueue& queue, void* tag)
    : queue_(queue), tag_(tag), alarm_(std::make_unique<grpc::Alarm>()) {}

QueueWaker::~QueueWaker() = default;

void QueueWaker::Wake() {
  const MutexLock lock(mutex_);
  if (is_pending_ || is_closed_) return;
  is_pending_ = true;
  // Under the lock: an alarm must not be set again before Set has returned. The deadline has
  // certainly passed: any other would go through the thread of the timers.
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

}  // namespace orrery::rpc
