// SIGTERM, SIGINT and SIGHUP (unless nohup ignores it) as calls on a thread, where anything may be
// done.
//
// A handler rather than a blocked mask: programs that a task starts would inherit the mask.
//
// Threading: one per process at a time.
#pragma once

#include <functional>
#include <thread>

#include "base/file_descriptor.h"

namespace orrery {

class SignalWatcher {
 public:
  // `on_signal` is called on the watcher's own thread with 1 for the first signal, then 2, ...
  explicit SignalWatcher(std::function<void(int)> on_signal);
  SignalWatcher(const SignalWatcher&) = delete;
  SignalWatcher& operator=(const SignalWatcher&) = delete;
  // Signals have their default effect again.
  ~SignalWatcher();

 private:
  void Watch();

  const std::function<void(int)> on_signal_;
  // An eventfd that counts signals; a step beyond any count ends the thread.
  FileDescriptor events_;
  std::thread thread_;
};

}  // namespace orrery
