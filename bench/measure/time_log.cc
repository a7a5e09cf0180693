#include "bench/measure/time_log.h"

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "absl/status/status.h"
#include "bench/measure/samples.h"
#include "fmt/format.h"

namespace orrery::bench {
namespace {

constexpr std::uint64_t kEntriesMax = 4'000'000;

}  // namespace

struct TimeLog::Content {
  struct Entry {
    std::int64_t elapsed_ns;
    std::int64_t value;
    std::int32_t process_id;
    TimeEvent event;
  };
  static_assert(sizeof(Entry) == 24);

  std::atomic<std::uint64_t> count;
  Entry entries[kEntriesMax];
};

absl::StatusOr<TimeLog> TimeLog::Open(const std::string& path) {
  const FileDescriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666));
  if (!file.is_open() || ::ftruncate(file.value(), sizeof(Content)) != 0) {
    return absl::ErrnoToStatus(errno, fmt::format("{} cannot be made", path));
  }
  void* mapped =
      ::mmap(nullptr, sizeof(Content), PROT_READ | PROT_WRITE, MAP_SHARED, file.value(), 0);
  if (mapped == MAP_FAILED) {
    return absl::ErrnoToStatus(errno, fmt::format("{} cannot be mapped", path));
  }
  return TimeLog(static_cast<Content*>(mapped));
}

absl::StatusOr<TimeLog> TimeLog::FromEnvironment() {
  const char* path = std::getenv("ORRERY_BENCH_TIMES");
  if (path == nullptr) return TimeLog();
  return Open(path);
}

TimeLog::~TimeLog() {
  if (content_ != nullptr) ::munmap(content_, sizeof(Content));
}

void TimeLog::Add(TimeEvent event, std::int64_t value) const {
  if (content_ == nullptr) return;
  const std::uint64_t place = content_->count.fetch_add(1);
  if (place >= kEntriesMax) return;
  content_->entries[place] = {.elapsed_ns = absl::ToInt64Nanoseconds(Elapsed()),
                              .value = value,
                              .process_id = ::getpid(),
                              .event = event};
}

}  // namespace orrery::bench
