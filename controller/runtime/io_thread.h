// A thread for slow operations: it runs requests one after the other, and posts their results to
// the loop.
//
// Threading: thread-safe. The destructor discards requests that have not started.
#pragma once

#include <deque>
#include <functional>
#include <thread>

#include "base/mutex.h"
#include "base/thread_annotations.h"
#include "controller/runtime/mailbox.h"

namespace orrery::runtime {

class IoThread {
 public:
  // `mailbox` outlives this object.
  explicit IoThread(Mailbox& mailbox);
  ~IoThread();

  IoThread(const IoThread&) = delete;
  IoThread& operator=(const IoThread&) = delete;

  // Runs on this thread; the loop runs the returned message.
  using Request = std::function<Mailbox::Message()>;
  void Add(Request request) EXCLUDES(mutex_);

 private:
  void Run() EXCLUDES(mutex_);

  Mailbox& mailbox_;

  Mutex mutex_;
  CondVar changed_;
  std::deque<Request> requests_ GUARDED_BY(mutex_);
  bool is_closing_ GUARDED_BY(mutex_) = false;

  std::thread thread_;  // Last: it uses everything above.
};

}  // namespace orrery::runtime
