// Wakes the loop thread, which waits for the completion queue.
//
// At most one wake-up is in the queue. The loop removes it before it drains the mailbox, so a
// message that was posted before a Wake is drained after it.
//
// Threading: Wake is thread-safe; OnEvent belongs to the loop thread.
#pragma once

#include <memory>

#include "base/mutex.h"
#include "base/thread_annotations.h"
#include "controller/rpc/tag.h"

namespace grpc {
class Alarm;
class CompletionQueue;
}  // namespace grpc

namespace orrery::rpc {

class Waker final : public Tag {
 public:
  // Requires: `queue` outlives the waker.
  explicit Waker(grpc::CompletionQueue& queue);
  ~Waker();

  void Wake() EXCLUDES(mutex_);
  // Disables Wake. Call before the queue is shut down.
  void Stop() EXCLUDES(mutex_);

  void OnEvent(bool is_ok) override EXCLUDES(mutex_);

 private:
  grpc::CompletionQueue& queue_;

  Mutex mutex_;
  std::unique_ptr<grpc::Alarm> alarm_ GUARDED_BY(mutex_);
  bool is_on_its_way_ GUARDED_BY(mutex_) = false;
  bool is_stopped_ GUARDED_BY(mutex_) = false;
};

}  // namespace orrery::rpc
