// Wakes the thread that polls a completion queue, from any thread.
//
// The tag is in the queue at most once, however often Wake is called before the tag is read. The
// thread that reads it calls Rearm before it looks for work, so that it sees all work queued before
// a Wake.
//
// Threading: thread-safe.
#pragma once

#include <memory>

#include "base/mutex.h"

namespace grpc {
class Alarm;
class CompletionQueue;
}  // namespace grpc

namespace orrery::rpc {

class QueueWaker {
 public:
  // `queue` outlives the waker and is shut down only after Close.
  QueueWaker(grpc::CompletionQueue& queue, void* tag);
  QueueWaker(const QueueWaker&) = delete;
  QueueWaker& operator=(const QueueWaker&) = delete;
  ~QueueWaker();

  void Wake() EXCLUDES(mutex_);
  // Call after the tag was read.
  void Rearm() EXCLUDES(mutex_);
  // Makes every later Wake do nothing.
  void Close() EXCLUDES(mutex_);

 private:
  grpc::CompletionQueue& queue_;
  void* const tag_;

  Mutex mutex_;
  std::unique_ptr<grpc::Alarm> alarm_ GUARDED_BY(mutex_);
  bool is_pending_ GUARDED_BY(mutex_) = false;
  bool is_closed_ GUARDED_BY(mutex_) = false;
};

}  // namespace orrery::rpc
