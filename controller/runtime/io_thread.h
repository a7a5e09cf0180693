// A thread for what takes a while: it runs one request after the other, and what they return runs
// on the loop.
//
// Threading: thread-safe. What has not been begun when it ends is dropped.
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
  // `mailbox` outlives it.
  explicit IoThread(Mailbox& mailbox);
  ~IoThread();

  IoThread(const IoThread&) = delete;
  IoThread& operator=(const IoThread&) = delete;

  // Runs on the thread; what it returns, the loop runs.
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
