// The free space of a disk, and the reserves of it that are kept.
//
// A full disk must not surprise the journal: all that can wait or be refused stops while a reserve
// is left. On a disk of less than 1 GiB, a reserve is the part of the disk that it is of 1 GiB.
//
// Threading: DiskSpace is thread-safe; the functions have no state.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/limit.h"
#include "base/mutex.h"
#include "base/thread_annotations.h"

namespace orrery {

// Large values, logs and checkpoint files keep this much of the disk free.
inline constexpr Limit kFilesReserve{
    .name = "files_reserve_bytes",
    .max = 128ULL << 20,
    .unit = LimitUnit::kBytes,
    .of = "free space of the root's disk that large values, logs and checkpoint files leave",
    .beyond =
        "large values are refused, logs lose lines, and checkpoint files wait for room; a "
        "smaller part of a disk of less than 1 GiB"};

struct DiskRoom {
  std::uint64_t available = 0;  // Bytes that this user can still write; 0 without free inodes.
  std::uint64_t total = 0;
};

// Measures the disk of `path`.
absl::StatusOr<DiskRoom> MeasureDisk(const std::string& path);

// Returns OK if more than `reserve` would be left after `bytes` more, or if the disk cannot be
// measured: then the write tells.
//
// Errors: kResourceExhausted: "`refused`: the disk of PATH has 3.0 MiB of space left, 64.0 MiB of
// it are kept free; make room there (limit NAME)".
absl::Status CheckRoom(const absl::StatusOr<DiskRoom>& room, const std::string& path,
                       const Limit& reserve, std::uint64_t bytes, std::string_view refused);

// Measures a disk at most every 100 ms.
class DiskSpace {
 public:
  using Measure = std::function<absl::StatusOr<DiskRoom>(const std::string&)>;

  explicit DiskSpace(std::string path, Measure measure = MeasureDisk);

  DiskSpace(const DiskSpace&) = delete;
  DiskSpace& operator=(const DiskSpace&) = delete;

  // Same as the function of this name.
  absl::Status CheckRoom(const Limit& reserve, std::uint64_t bytes, std::string_view refused)
      EXCLUDES(mutex_);

 private:
  const std::string path_;
  const Measure measure_;

  Mutex mutex_;
  absl::StatusOr<DiskRoom> room_ GUARDED_BY(mutex_);
  absl::Time measured_at_ GUARDED_BY(mutex_) = absl::InfinitePast();
};

}  // namespace orrery
