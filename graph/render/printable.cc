#include "graph/render/printable.h"

#include <algorithm>

#include "graph/utf8.h"

namespace orrery::graph {
namespace {

constexpr std::string_view kEllipsis = "...";

// The C0 and C1 characters control terminals; XML refuses the last two of the plane.
bool IsPrintable(char32_t character) {
  return character >= 0x20 && (character < 0x7F || character > 0x9F) && character != 0xFFFE &&
         character != 0xFFFF;
}

}  // namespace

std::string Printable(std::string_view text, std::size_t characters_max) {
  std::string shown;
  std::size_t count = 0;
  // The length of the text if it must be cut.
  std::size_t cut = 0;
  while (!text.empty()) {
    if (count + kEllipsis.size() <= characters_max) cut = shown.size();
    if (count++ == characters_max) return shown.substr(0, cut).append(kEllipsis);
    const CodePoint point = DecodeUtf8(text, Surrogates::kRefused);
    const std::size_t length = std::max<std::size_t>(point.length, 1);
    if (point.length > 0 && IsPrintable(point.value)) {
      shown += text.substr(0, length);
    } else {
      shown += '?';
    }
    text.remove_prefix(length);
  }
  return shown;
}

}  // namespace orrery::graph
