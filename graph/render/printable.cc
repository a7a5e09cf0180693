#include "graph/render/printable.h"

#include <algorithm>

#include "base/shown_text.h"
#include "base/utf8.h"

namespace orrery::graph {
namespace {

constexpr std::string_view kEllipsis = "...";

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
    if (point.length > 0 && IsShownAsIs(point.value)) {
      shown += text.substr(0, length);
    } else {
      shown += '?';
    }
    text.remove_prefix(length);
  }
  return shown;
}

}  // namespace orrery::graph
