#include "graph/name.h"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <utility>
#include <vector>

#include "base/shown_text.h"
#include "base/utf8.h"
#include "graph/limits.h"
#include <fmt/format.h>

namespace orrery::graph {
namespace {

// The search of more candidates would take too long.
constexpr std::size_t kCandidatesMax = 1000;

// Returns the number of insertions, deletions and replacements between two texts.
std::size_t EditDistance(std::string_view from, std::string_view to) {
  std::vector<std::size_t> row(to.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < from.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < to.size(); ++j) {
      const std::size_t replaced = diagonal + (from[i] == to[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

std::string NameProblem(std::string_view name) {
  if (name.empty()) return "is empty";
  if (name.size() > kLimits.name_bytes.max) {
    return DescribeExcess(kLimits.name_bytes, name.size(), "shorten it");
  }
  if (name == "." || name == "..") return "cannot be the name of a file";
  if (name.find('/') != name.npos) return "contains \"/\"";
  if (name.find('\0') != name.npos) return "contains a NUL byte";
  if (IsShownAsIs(name)) return "";
  if (!IsValidUtf8(name)) return "is not valid UTF-8";
  return fmt::format("has a character that cannot be shown: \"{}\"", ShownText(name));
}

std::string ClosestName(std::string_view name, std::span<const std::string> candidates) {
  if (name.size() > kLimits.name_bytes.max) return "";
  if (name.size() < 2) return "";
  // Two swapped letters count as two edits, too many for a short name.
  const std::size_t distance_max = name.size() < 4 ? 1 : std::max<std::size_t>(2, name.size() / 3);
  std::string closest;
  std::size_t distance_of_closest = distance_max + 1;
  for (const std::string& candidate :
       candidates.first(std::min(candidates.size(), kCandidatesMax))) {
    if (candidate.size() > name.size() + distance_max) continue;
    const std::size_t distance = EditDistance(name, candidate);
    if (distance < distance_of_closest) {
      closest = candidate;
      distance_of_closest = distance;
    }
  }
  return closest;
}

}  // namespace orrery::graph
