// Pauses the intake of the controller while little space is left on the disk of its root.
//
// The intake ends before the journal has to wait for room, so that what is under way can still be
// recorded and acknowledged.
//
// Threading: measures on a thread of its own, which calls the callback.
#pragma once

#include <functional>
#include <thread>

#include "absl/status/status.h"
#include "base/disk_space.h"
#include "base/limit.h"
#include "base/mutex.h"
#include "base/thread_annotations.h"

namespace orrery::runtime {

inline constexpr Limit kIntakeReserve{
    .name = "intake_reserve_bytes",
    .max = 64 << 20,
    .unit = LimitUnit::kBytes,
    .of = "free space of the root's disk that is left when the controller accepts no more work",
    .beyond =
        "submissions are refused (UNAVAILABLE), workers keep their outcomes, workflows pause "
        "until there is room; a smaller part of a disk of less than 1 GiB"};

class DiskWatch {
 public:
  // `on_change` gets an error when the intake must pause, and OK when it can go on. `disk` outlives
  // the watch.
  DiskWatch(DiskSpace& disk, std::function<void(absl::Status)> on_change);
  ~DiskWatch();

  DiskWatch(const DiskWatch&) = delete;
  DiskWatch& operator=(const DiskWatch&) = delete;

 private:
  void Run() EXCLUDES(mutex_);

  DiskSpace& disk_;
  const std::function<void(absl::Status)> on_change_;

  Mutex mutex_;
  CondVar changed_;
  bool is_closing_ GUARDED_BY(mutex_) = false;

  std::thread thread_;  // Last: it uses everything above.
};

}  // namespace orrery::runtime
