// Wakes the thread that polls a completion queue, from any thread.
//
// The tag is in the queue once, however often Wake is called before it is read.
//
// Threading: thread-safe.
#pragma once

#include <memory>

#include "base/mutex.h"

namespace grpc {
class Alarm;
class CompletionQueue;
}  // namespace grpc

namespace orrery {

class QueueWaker {
 public:
  // `queue` outlives this, and is shut down only after Close.
  QueueWaker(grpc::CompletionQueue& queue, void* tag);
  QueueWaker(const QueueWaker&) = delete;
  QueueWaker& operator=(const QueueWaker&) = delete;
  ~QueueWaker();

  void Wake();
  // The tag has been read.
  void Rearm();
  // Wake does nothing from here on.
  void Close();

 private:
  grpc::CompletionQueue& queue_;
  void* const tag_;

  Mutex mutex_;
  std::unique_ptr<grpc::Alarm> alarm_ GUARDED_BY(mutex_);
  bool is_pending_ GUARDED_BY(mutex_) = false;
  bool is_closed_ GUARDED_BY(mutex_) = false;
};

}  // namespace orrery
