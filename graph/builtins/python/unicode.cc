#include "graph/builtins/python/unicode.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <vector>

namespace orrery::graph::internal {
namespace {

#include "graph/builtins/unicode_tables.inc"

// Returns the first character of each run.
const std::vector<char32_t>& RunStarts() {
  static const std::vector<char32_t> kStarts = [] {
    std::vector<char32_t> starts;
    char32_t start = 0;
    for (const std::uint32_t length : kPrintableRuns) {
      starts.push_back(start);
      start += length;
    }
    return starts;
  }();
  return kStarts;
}

}  // namespace

bool IsPrintable(char32_t character) {
  const std::vector<char32_t>& starts = RunStarts();
  const auto next = std::ranges::upper_bound(starts, character);
  return (next - starts.begin()) % 2 == 0;
}

std::optional<int> DecimalDigit(char32_t character) {
  const auto* const next = std::ranges::upper_bound(kDigitZeros, character);
  if (next == std::begin(kDigitZeros)) return std::nullopt;
  const char32_t value = character - *std::prev(next);
  if (value > 9) return std::nullopt;
  return static_cast<int>(value);
}

bool IsSpace(char32_t character) {
  if (character < 0x80) return character == ' ' || (character >= '\t' && character <= '\r');
  static constexpr char32_t kSpaces[] = {0x85,   0xA0,   0x1680, 0x2028,
                                         0x2029, 0x202F, 0x205F, 0x3000};
  return (character >= 0x2000 && character <= 0x200A) ||
         std::ranges::find(kSpaces, character) != std::end(kSpaces);
}

}  // namespace orrery::graph::internal
