#include "model/attempt_id.h"

#include <charconv>
#include <system_error>

#include "absl/status/status.h"
#include "fmt/format.h"

namespace orrery::model {

absl::StatusOr<AttemptId> AttemptId::Parse(std::string_view text) {
  AttemptId id;
  const char* end = text.data() + text.size();
  const auto epoch = std::from_chars(text.data(), end, id.epoch);
  if (epoch.ec == std::errc() && epoch.ptr != end && *epoch.ptr == '.') {
    const auto number = std::from_chars(epoch.ptr + 1, end, id.number);
    if (number.ec == std::errc() && number.ptr == end) return id;
  }
  return absl::InvalidArgumentError(
      fmt::format("\"{}\" is not the id of an attempt: expected epoch.number", text));
}

std::string AttemptId::ToString() const { return fmt::format("{}.{}", epoch, number); }

std::string AttemptId::ToStringOrEmpty() const { return *this == AttemptId() ? "" : ToString(); }

}  // namespace orrery::model
