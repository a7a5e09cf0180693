#include "base/mutex.h"

#include <thread>
#include <vector>

#include "gtest/gtest.h"

namespace orrery {
namespace {

struct Counter {
  Mutex mutex;
  CondVar changed;
  int value GUARDED_BY(mutex) = 0;
};

TEST(MutexTest, IncrementsOfSeveralThreadsAllCount) {
  Counter counter;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&counter] {
      for (int j = 0; j < 1000; ++j) {
        MutexLock lock(counter.mutex);
        ++counter.value;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();

  MutexLock lock(counter.mutex);
  EXPECT_EQ(counter.value, 4000);
}

TEST(MutexTest, WaiterSeesWhatTheNotifierWrote) {
  Counter counter;
  std::thread notifier([&counter] {
    MutexLock lock(counter.mutex);
    counter.value = 1;
    counter.changed.NotifyAll();
  });

  {
    MutexLock lock(counter.mutex);
    while (counter.value == 0) counter.changed.Wait(counter.mutex);
    EXPECT_EQ(counter.value, 1);
  }
  notifier.join();
}

TEST(MutexTest, TimedWaitEndsWithoutNotification) {
  Counter counter;
  MutexLock lock(counter.mutex);

  while (counter.changed.WaitFor(counter.mutex, absl::Milliseconds(1))) {
  }

  EXPECT_EQ(counter.value, 0);
}

}  // namespace
}  // namespace orrery
