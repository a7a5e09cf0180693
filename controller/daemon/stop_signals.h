// Calls a function on SIGTERM, SIGINT and SIGHUP; ignores a SIGHUP that nohup ignores.
//
// The signals are blocked for the whole process, and one thread waits for them. Child processes
// inherit the mask: the code that starts them must unblock the signals.
//
// Threading: `on_signal` runs on the thread of this object.
#pragma once

#include <functional>
#include <thread>

#include "base/file_descriptor.h"

namespace orrery::daemon {

// From here on they wait for a StopSignals. To be called before other threads exist.
void BlockStopSignals();

class StopSignals {
 public:
  // Requires BlockStopSignals. `on_signal` is called for the first signal, which may have come
  // before; the second ends the process at once, as if nobody caught it.
  explicit StopSignals(std::function<void()> on_signal);
  ~StopSignals();

  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

 private:
  void Run();

  const std::function<void()> on_signal_;
  const FileDescriptor is_over_;  // An eventfd, written when it is over.
  std::thread thread_;
};

}  // namespace orrery::daemon
