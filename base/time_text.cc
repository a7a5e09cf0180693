#include "base/time_text.h"

#include <charconv>
#include <cstdint>
#include <system_error>

#include "absl/status/status.h"
#include "fmt/format.h"

namespace orrery {
namespace {

// Returns 0 for an unknown unit.
std::int64_t SecondsOf(std::string_view unit) {
  if (unit == "s") return 1;
  if (unit == "m") return 60;
  if (unit == "h") return 60 * 60;
  if (unit == "d") return 24 * 60 * 60;
  if (unit == "w") return 7 * 24 * 60 * 60;
  return 0;
}

}  // namespace

std::string FormatTimestamp(absl::Time time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", time, absl::UTCTimeZone());
}

absl::StatusOr<absl::Duration> ParseDuration(std::string_view text) {
  std::uint32_t count = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, count);
  const std::string_view unit(rest, static_cast<std::size_t>(end - rest));
  const std::int64_t seconds = SecondsOf(unit);
  if (error != std::errc() || seconds == 0) {
    return absl::InvalidArgumentError(fmt::format(
        "invalid duration \"{}\": expected a whole number and a unit, such as 30s, 12h or 7d",
        text));
  }
  return absl::Seconds(count * seconds);
}

}  // namespace orrery
