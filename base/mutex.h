// std::mutex and std::condition_variable with clang's thread-safety annotations.
//
// Not absl::Mutex: TSan reports false races in code locked with a prebuilt Abseil.
//
// Threading: thread-safe.
#pragma once

#include <condition_variable>
#include <mutex>

#include "absl/time/time.h"
#include "base/thread_annotations.h"

namespace orrery {

class CAPABILITY("mutex") Mutex {
 public:
  Mutex() = default;
  Mutex(const Mutex&) = delete;
  Mutex& operator=(const Mutex&) = delete;

  void Lock() ACQUIRE() { mutex_.lock(); }
  void Unlock() RELEASE() { mutex_.unlock(); }

 private:
  friend class CondVar;

  std::mutex mutex_;
};

class SCOPED_CAPABILITY MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) ACQUIRE(mutex) : mutex_(mutex) { mutex_.Lock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;
  ~MutexLock() RELEASE() { mutex_.Unlock(); }

 private:
  Mutex& mutex_;  // Outlives this.
};

// Wakeups may be spurious: wait in a loop around the condition.
class CondVar {
 public:
  CondVar() = default;
  CondVar(const CondVar&) = delete;
  CondVar& operator=(const CondVar&) = delete;

  void Wait(Mutex& mutex) REQUIRES(mutex) {
    std::unique_lock<std::mutex> lock(mutex.mutex_, std::adopt_lock);
    condition_.wait(lock);
    lock.release();
  }

  // Returns false if `timeout` passed without a notification.
  bool WaitFor(Mutex& mutex, absl::Duration timeout) REQUIRES(mutex) {
    std::unique_lock<std::mutex> lock(mutex.mutex_, std::adopt_lock);
    const bool notified =
        condition_.wait_for(lock, absl::ToChronoNanoseconds(timeout)) == std::cv_status::no_timeout;
    lock.release();
    return notified;
  }

  void NotifyOne() { condition_.notify_one(); }
  void NotifyAll() { condition_.notify_all(); }

 private:
  std::condition_variable condition_;
};

// Turns off the deadlock detection of absl::Mutex, which gRPC uses, for this process. Builds of
// Abseil without NDEBUG, such as Debian's package, otherwise record every lock that is held in a
// graph under one global lock. Call it at the start of main.
void DisableAbseilDeadlockDetection();

}  // namespace orrery
