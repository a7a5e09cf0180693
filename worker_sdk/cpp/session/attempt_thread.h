// Which attempt a thread runs, so that what it writes is the attempt's.
//
// Threading: confined to the thread that it is made on.
#pragma once

#include <optional>

#include "worker_sdk/cpp/session/attempt.h"

namespace orrery {

class AttemptThread {
 public:
  // This thread runs the attempt, and no other, until the end of this object.
  explicit AttemptThread(AttemptId attempt);
  ~AttemptThread();

  AttemptThread(const AttemptThread&) = delete;
  AttemptThread& operator=(const AttemptThread&) = delete;

  // That of the calling thread; absent if it runs none, as those that a task has started.
  static std::optional<AttemptId> Current();
};

}  // namespace orrery
