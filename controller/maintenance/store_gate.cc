#include "controller/maintenance/store_gate.h"

#include <utility>

#include "absl/time/time.h"
#include "fmt/format.h"

namespace orrery::maintenance {
namespace {

constexpr absl::Duration kQuestionInterval = absl::Milliseconds(100);

}  // namespace

absl::Status StoreGate::Enter(std::string what) {
  MutexLock lock(mutex_);
  return EnterNow(std::move(what));
}

absl::Status StoreGate::EnterAfter(const std::string& awaited, std::string what,
                                   const std::function<bool()>& is_cancelled) {
  MutexLock lock(mutex_);
  while (inside_ == awaited) {
    if (is_cancelled()) return absl::CancelledError(fmt::format("nobody waits until {}", what));
    changed_.WaitFor(mutex_, kQuestionInterval);
  }
  return EnterNow(std::move(what));
}

absl::Status StoreGate::EnterNow(std::string what) {
  if (!inside_.empty()) {
    return absl::FailedPreconditionError(fmt::format("{}; try again when that is done", inside_));
  }
  inside_ = std::move(what);
  return absl::OkStatus();
}

void StoreGate::Leave() {
  MutexLock lock(mutex_);
  inside_.clear();
  changed_.NotifyAll();
}

absl::Status DiskStatusForClient(const absl::Status& status) {
  return absl::IsUnavailable(status) ? absl::UnknownError(status.message()) : status;
}

}  // namespace orrery::maintenance
