#include "worker_sdk/cpp/text.h"

#include <algorithm>

#include "base/check.h"
#include "graph/utf8.h"

namespace orrery {
namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd";
constexpr std::string_view kEllipsis = "...";

bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

}  // namespace

std::string CutToUtf8(std::string_view text, std::size_t bytes_max) {
  CHECK(bytes_max > kEllipsis.size());
  std::string clean;
  // Where to cut if more comes than fits.
  std::size_t cut = 0;
  while (!text.empty()) {
    const graph::CodePoint point = graph::DecodeUtf8(text, graph::Surrogates::kRefused);
    const std::string_view piece = point.length == 0 ? kReplacement : text.substr(0, point.length);
    if (clean.size() + piece.size() > bytes_max) {
      clean.resize(cut);
      return clean.append(kEllipsis);
    }
    clean.append(piece);
    if (clean.size() + kEllipsis.size() <= bytes_max) cut = clean.size();
    text.remove_prefix(std::max<std::size_t>(point.length, 1));
  }
  return clean;
}

bool IsIdentifier(std::string_view text) {
  if (text.empty() || !IsLetter(text.front())) return false;
  return std::ranges::all_of(text, [](char c) { return IsLetter(c) || (c >= '0' && c <= '9'); });
}

}  // namespace orrery
