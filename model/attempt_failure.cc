#include "model/attempt_failure.h"

#include <cstdint>
#include <utility>

#include "fmt/format.h"

namespace orrery::model {

std::string DescribeEnd(const WorkerEnd& end) {
  constexpr std::uint64_t kMebibyte = 1024 * 1024;
  if (end.reason.empty()) return "";
  std::string text = ": " + end.reason;
  if (end.is_out_of_memory && end.memory_peak_bytes > 0) {
    text += fmt::format("; it had up to {} MiB", end.memory_peak_bytes / kMebibyte);
  }
  return text;
}

std::string DescribeLoss(const WorkerEnd& end) {
  return fmt::format("the worker {} while it ran{}",
                     end.is_out_of_memory ? "ran out of memory" : "was lost", DescribeEnd(end));
}

void AddFailure(AttemptFailure failure, std::vector<AttemptFailure>& attempts) {
  if (attempts.size() == kAttemptFailures.max) attempts.erase(attempts.begin());
  attempts.push_back(std::move(failure));
}

}  // namespace orrery::model
