#include "controller/runtime/disk_watch.h"

#include <utility>

#include "absl/time/time.h"
#include "base/log.h"

namespace orrery::runtime {
namespace {

constexpr absl::Duration kInterval = absl::Milliseconds(250);

}  // namespace

DiskWatch::DiskWatch(DiskSpace& disk, std::function<void(absl::Status)> on_change)
    : disk_(disk), on_change_(std::move(on_change)), thread_([this] { Run(); }) {}

DiskWatch::~DiskWatch() {
  {
    MutexLock lock(mutex_);
    is_closing_ = true;
    changed_.NotifyOne();
  }
  thread_.join();
}

void DiskWatch::Run() {
  bool had_room = true;
  while (true) {
    absl::Status room = disk_.CheckRoom(kIntakeReserve, 0, "no work is accepted");
    if (const bool has_room = room.ok(); has_room != std::exchange(had_room, has_room)) {
      if (has_room) {
        LOG(INFO, "intake.resumed");
      } else {
        LOG(WARNING, "intake.paused").With("status", room);
      }
      on_change_(std::move(room));
    }
    MutexLock lock(mutex_);
    if (!is_closing_) changed_.WaitFor(mutex_, kInterval);
    if (is_closing_) return;
  }
}

}  // namespace orrery::runtime
