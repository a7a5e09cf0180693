#include "graph/check/edge.h"

#include <algorithm>
#include <cstddef>
#include <string_view>

#include "absl/strings/str_join.h"
#include "graph/value.h"
#include <fmt/format.h>

namespace orrery::graph {
namespace {

// Longer types, such as structs with hundreds of fields, do not help the reader.
constexpr std::size_t kTypeTextMax = 200;

bool Contains(const std::vector<std::string>& formats, std::string_view format) {
  return std::ranges::find(formats, format) != formats.end();
}

}  // namespace

std::optional<Mismatch> FindMismatch(const Supply& supply, const PortSpec& port) {
  const bool is_any_shared = std::ranges::any_of(
      supply.formats, [&](const std::string& format) { return Contains(port.formats, format); });
  if (!supply.formats.empty() && !port.formats.empty() && !is_any_shared) {
    return Mismatch{.message = fmt::format("writes {}, but this port reads {}",
                                           absl::StrJoin(supply.formats, ", "),
                                           absl::StrJoin(port.formats, ", "))};
  }
  const bool is_json = MayBeJson(supply.formats) && MayBeJson(port.formats);
  if (is_json ? IsReadableAsJson(supply.type, port.type) : IsAssignable(supply.type, port.type)) {
    return std::nullopt;
  }
  Mismatch mismatch{.expected = TypeText(port.type), .found = TypeText(supply.type)};
  mismatch.message =
      fmt::format("gives {}, but this port takes {}", mismatch.found, mismatch.expected);
  return mismatch;
}

bool MayBeJson(const std::vector<std::string>& formats) {
  return formats.empty() || Contains(formats, kMediaTypeJson);
}

std::string TypeText(const Type& type) {
  std::string text = type.ToString();
  if (text.size() <= kTypeTextMax) return text;
  return text.substr(0, kTypeTextMax) + "...";
}

}  // namespace orrery::graph
