#include "controller/runtime/disk_watch.h"

#include <vector>

#include "gtest/gtest.h"

namespace orrery::runtime {
namespace {

TEST(DiskWatchTest, IntakePausesBelowTheReserveAndGoesOnAboveIt) {
  Mutex mutex;
  CondVar changed;
  std::uint64_t available = kIntakeReserve.max - 1;
  std::vector<absl::Status> told;
  DiskSpace disk("/root", [&](const std::string&) {
    const MutexLock lock(mutex);
    return DiskRoom{.available = available, .total = 1ULL << 40};
  });
  const DiskWatch watch(disk, [&](absl::Status intake) {
    const MutexLock lock(mutex);
    told.push_back(std::move(intake));
    available = kIntakeReserve.max * 2;
    changed.NotifyOne();
  });

  const MutexLock lock(mutex);
  while (told.size() < 2) changed.Wait(mutex);

  EXPECT_TRUE(absl::IsResourceExhausted(told.at(0)));
  EXPECT_TRUE(told.at(1).ok());
}

}  // namespace
}  // namespace orrery::runtime
