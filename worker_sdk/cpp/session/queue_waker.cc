#include "worker_sdk/cpp/session/queue_waker.h"

#include <chrono>

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
  alarm_->Set(&queue_, std::chrono::system_clock::now(), tag_);
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
