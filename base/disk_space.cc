#include "base/disk_space.h"

#include <algorithm>
#include <cerrno>
#include <sys/statvfs.h>
#include <utility>

#include "absl/time/clock.h"
#include "base/file.h"
#include "fmt/format.h"

namespace orrery {
namespace {

constexpr absl::Duration kMeasuredInterval = absl::Milliseconds(100);
// Smaller disks keep smaller reserves.
constexpr std::uint64_t kDiskBytes = 1ULL << 30;
// Fewer are as good as none: one value takes several files and folders.
constexpr std::uint64_t kInodesMin = 16;

}  // namespace

absl::StatusOr<DiskRoom> MeasureDisk(const std::string& path) {
  struct statvfs info {};
  if (::statvfs(path.c_str(), &info) != 0) return ErrnoStatus(errno, "measure the disk of", path);
  // File systems that make inodes as needed report none at all.
  const bool has_inodes = info.f_files == 0 || info.f_favail >= kInodesMin;
  return DiskRoom{.available = has_inodes ? info.f_bavail * info.f_frsize : 0,
                  .total = info.f_blocks * info.f_frsize};
}

absl::Status CheckRoom(const absl::StatusOr<DiskRoom>& room, const std::string& path,
                       const Limit& reserve, std::uint64_t bytes, std::string_view refused) {
  if (!room.ok()) return absl::OkStatus();
  const double part = std::min(1.0, static_cast<double>(room->total) / kDiskBytes);
  const auto kept = static_cast<std::uint64_t>(part * static_cast<double>(reserve.max));
  if (room->available > kept && room->available - kept > bytes) return absl::OkStatus();
  const auto mebibytes = [](std::uint64_t amount) {
    return fmt::format("{:.1f} MiB", static_cast<double>(amount) / (1 << 20));
  };
  return absl::ResourceExhaustedError(fmt::format(
      "{}: the disk of {} has {} of space left, {} of it are kept free; make room there "
      "(limit {})",
      refused, path, mebibytes(room->available), mebibytes(kept), reserve.name));
}

DiskSpace::DiskSpace(std::string path, Measure measure)
    : path_(std::move(path)), measure_(std::move(measure)), room_(DiskRoom()) {}

absl::Status DiskSpace::CheckRoom(const Limit& reserve, std::uint64_t bytes,
                                  std::string_view refused) {
  const MutexLock lock(mutex_);
  const absl::Time now = absl::Now();
  // The clock may have been set back.
  if (now < measured_at_ || now - measured_at_ >= kMeasuredInterval) {
    room_ = measure_(path_);
    measured_at_ = now;
  }
  return orrery::CheckRoom(room_, path_, reserve, bytes, refused);
}

}  // namespace orrery
