#include "graph/location.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <limits>
#include <optional>

#include "absl/status/status.h"
#include "base/shown_text.h"
#include "graph/limits.h"
#include <fmt/format.h>

namespace orrery::graph {
namespace {

bool IsStepKind(char letter) { return letter == 'N' || letter == 'L' || letter == 'M'; }

// Accepts canonical digits only, so that each location has one spelling.
std::optional<std::int64_t> ParseIndex(std::string_view text, StepKind kind) {
  if (text == "-1" && kind == StepKind::kNode) return -1;
  if (text.empty() || text[0] < '0' || text[0] > '9') return std::nullopt;
  if (text.size() > 1 && text[0] == '0') return std::nullopt;
  std::int64_t index = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), index);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return index;
}

absl::Status NotALocation(std::string_view text, std::string_view why) {
  return absl::InvalidArgumentError(
      fmt::format("location {} {}; a location looks like -.N3.L2.N1", Quoted(text), why));
}

}  // namespace

Location Location::Child(StepKind kind, std::int64_t index) const {
  Location child = *this;
  child.steps.push_back({kind, index});
  return child;
}

bool Location::IsIn(const Location& outer) const {
  return steps.size() >= outer.steps.size() &&
         std::equal(outer.steps.begin(), outer.steps.end(), steps.begin());
}

absl::StatusOr<Location> Location::Parse(std::string_view text) {
  if (!text.starts_with('-')) return NotALocation(text, "does not start with \"-\"");
  Location location;
  std::string_view rest = text.substr(1);
  while (!rest.empty()) {
    if (location.steps.size() == kLimits.location_depth.max) {
      return NotALocation(
          text, fmt::format("has more than {} steps (limit {})", kLimits.location_depth.max,
                            kLimits.location_depth.name));
    }
    const std::size_t end = std::min(rest.find('.', 1), rest.size());
    const std::string_view step = rest.substr(0, end);
    if (step.size() < 3 || step[0] != '.' || !IsStepKind(step[1])) {
      return NotALocation(text, fmt::format("has the step {}", Quoted(step)));
    }
    const auto kind = static_cast<StepKind>(step[1]);
    const std::optional<std::int64_t> index = ParseIndex(step.substr(2), kind);
    if (!index.has_value()) {
      return NotALocation(text, fmt::format("has the step {}", Quoted(step)));
    }
    location.steps.push_back({kind, *index});
    rest.remove_prefix(end);
  }
  return location;
}

std::string Location::ToString() const {
  std::string text = "-";
  char digits[std::numeric_limits<std::int64_t>::digits10 + 2];
  for (const LocationStep& step : steps) {
    text += '.';
    text += static_cast<char>(step.kind);
    text.append(digits, std::to_chars(std::begin(digits), std::end(digits), step.index).ptr);
  }
  return text;
}

}  // namespace orrery::graph
