// Wakes the loop thread out of the completion queue.
//
// At most one wake-up is on its way. It is taken back from the queue before the mailbox is drained,
// so whatever was posted before a Wake is drained after it.
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
  // `queue` outlives the waker.
  explicit Waker(grpc::CompletionQueue& queue);
  ~Waker();

  void Wake() EXCLUDES(mutex_);
  // From here on Wake does nothing: the queue is about to be shut down.
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
