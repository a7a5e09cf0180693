#include "graph/builtins/work.h"

#include <numeric>

#include "fmt/format.h"

namespace orrery::graph {
namespace {

constexpr std::uint64_t kNanosecondsPerMillisecond = 1'000'000;

std::uint64_t NumberWork(const Datum& number) {
  const auto* integer = number.As<BigInteger>();
  return integer == nullptr ? 0 : IntegerWork(integer->digits.size());
}

}  // namespace

absl::Status CheckWork(std::string_view what, std::uint64_t work) {
  if (IsPermitted(work)) return absl::OkStatus();
  // Rounded up: what is beyond the limit never looks like the limit.
  const std::uint64_t milliseconds =
      (work + kNanosecondsPerMillisecond - 1) / kNanosecondsPerMillisecond;
  return LimitExceeded(kBuiltinWork, fmt::format("the time for {}", what), milliseconds,
                       "let a task of a worker do it, or use less data",
                       absl::StatusCode::kResourceExhausted);
}

std::uint64_t NumbersWork(const Datum& datum) {
  const auto* list = datum.As<List>();
  if (list == nullptr) return NumberWork(datum);
  return std::accumulate(
      list->begin(), list->end(), std::uint64_t{0},
      [](std::uint64_t sum, const Datum& each) { return sum + NumberWork(each); });
}

}  // namespace orrery::graph
