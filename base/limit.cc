#include "base/limit.h"

#include "fmt/format.h"

namespace orrery {
namespace {

constexpr std::uint64_t kKibibyte = 1024;
constexpr std::uint64_t kMebibyte = kKibibyte * 1024;
constexpr std::uint64_t kGibibyte = kMebibyte * 1024;

std::string Rounded(std::uint64_t amount, LimitUnit unit) {
  switch (unit) {
    case LimitUnit::kBytes: {
      const auto bytes = static_cast<double>(amount);
      if (amount >= kGibibyte) return fmt::format("{:.1f} GiB", bytes / kGibibyte);
      if (amount >= kMebibyte) return fmt::format("{:.1f} MiB", bytes / kMebibyte);
      if (amount >= kKibibyte) return fmt::format("{:.1f} KiB", bytes / kKibibyte);
      return fmt::format("{} bytes", amount);
    }
    case LimitUnit::kMilliseconds:
      return absl::FormatDuration(absl::Milliseconds(static_cast<std::int64_t>(amount)));
    case LimitUnit::kDigits:
      return fmt::format("{} digits", amount);
    case LimitUnit::kDepth:
    case LimitUnit::kCount:
      break;
  }
  return fmt::format("{}", amount);
}

std::string Exact(std::uint64_t amount, LimitUnit unit) {
  return unit == LimitUnit::kBytes ? fmt::format("{} bytes", amount) : Rounded(amount, unit);
}

// The verb, and its form in "at most 3 are accepted".
struct Verbs {
  std::string_view has;
  std::string_view are;
};

Verbs VerbsOf(LimitUnit unit) {
  switch (unit) {
    case LimitUnit::kDepth:
      return {"has depth", "is"};
    case LimitUnit::kMilliseconds:
      return {"is", "is"};
    case LimitUnit::kBytes:
    case LimitUnit::kCount:
    case LimitUnit::kDigits:
      break;
  }
  return {"has", "are"};
}

}  // namespace

std::string DescribeExcess(const Limit& limit, std::uint64_t actual, std::string_view advice) {
  std::string has = Rounded(actual, limit.unit);
  std::string may = Rounded(limit.max, limit.unit);
  if (has == may) {
    has = Exact(actual, limit.unit);
    may = Exact(limit.max, limit.unit);
  }
  const Verbs verbs = VerbsOf(limit.unit);
  return fmt::format("{} {}, at most {} {} accepted; {} (limit {})", verbs.has, has, may, verbs.are,
                     advice, limit.name);
}

absl::Status LimitExceeded(const Limit& limit, std::string_view what, std::uint64_t actual,
                           std::string_view advice, absl::StatusCode code) {
  return absl::Status(code, fmt::format("{} {}", what, DescribeExcess(limit, actual, advice)));
}

absl::Status CheckLimit(const Limit& limit, std::string_view what, std::uint64_t actual,
                        std::string_view advice, absl::StatusCode code) {
  if (actual <= limit.max) return absl::OkStatus();
  return LimitExceeded(limit, what, actual, advice, code);
}

}  // namespace orrery
