#include "base/shown_text.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <span>

#include "base/utf8.h"
#include "fmt/format.h"

namespace orrery {
namespace {

struct Range {
  char32_t first;
  char32_t last;
};

// Ascending: controls, marks of direction, separators of lines, characters without a width or a
// meaning.
constexpr Range kEscaped[] = {
    {0x00, 0x1F},     {0x7F, 0x9F},     {0x61C, 0x61C},     {0x180E, 0x180E}, {0x200B, 0x200B},
    {0x200E, 0x200F}, {0x2028, 0x202E}, {0x2060, 0x206F},   {0xD800, 0xDFFF}, {0xFEFF, 0xFEFF},
    {0xFFF9, 0xFFFB}, {0xFFFE, 0xFFFF}, {0xE0000, 0xE0FFF},
};

// A message that quotes more is harder to read.
constexpr std::size_t kQuotedBytesMax = 80;

constexpr Range kCombining[] = {
    {0x300, 0x36F},   {0x483, 0x489},   {0x591, 0x5BD},   {0x610, 0x61A},   {0x64B, 0x65F},
    {0x900, 0x902},   {0x93C, 0x93C},   {0xE31, 0xE31},   {0xE34, 0xE3A},   {0x1AB0, 0x1AFF},
    {0x1DC0, 0x1DFF}, {0x200C, 0x200D}, {0x20D0, 0x20FF}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F},
};

constexpr Range kWide[] = {
    {0x1100, 0x115F},   {0x2E80, 0x303E},   {0x3041, 0xA4CF},   {0xAC00, 0xD7A3},
    {0xF900, 0xFAFF},   {0xFE30, 0xFE6F},   {0xFF00, 0xFF60},   {0xFFE0, 0xFFE6},
    {0x1F300, 0x1F64F}, {0x1F900, 0x1F9FF}, {0x20000, 0x3FFFD},
};

bool IsIn(std::span<const Range> ranges, char32_t character) {
  const auto after = std::ranges::upper_bound(ranges, character, {}, &Range::first);
  return after != ranges.begin() && character <= std::prev(after)->last;
}

// Calls `show` with each character and its bytes; an invalid byte has length 0.
template <class Show>
void ForEachCharacter(std::string_view text, const Show& show) {
  while (!text.empty()) {
    const CodePoint point = DecodeUtf8(text, Surrogates::kRefused);
    const std::size_t length = std::max<std::size_t>(point.length, 1);
    show(point, text.substr(0, length));
    text.remove_prefix(length);
  }
}

void AppendEscaped(const CodePoint& point, std::string_view bytes, std::string& shown) {
  if (bytes == "\n") {
    shown += "\\n";
  } else if (bytes == "\t") {
    shown += "\\t";
  } else if (point.length > 0 && point.value > 0xFF) {
    fmt::format_to(std::back_inserter(shown), "\\u{{{:04x}}}",
                   static_cast<std::uint32_t>(point.value));
  } else {
    const auto value = point.length > 0 ? static_cast<std::uint32_t>(point.value)
                                        : static_cast<std::uint8_t>(bytes[0]);
    fmt::format_to(std::back_inserter(shown), "\\x{:02x}", value);
  }
}

}  // namespace

bool IsShownAsIs(char32_t character) { return !IsIn(kEscaped, character); }

bool IsShownAsIs(std::string_view text) {
  const auto is_plain = [](char c) { return c >= 0x20 && c < 0x7F; };
  if (std::ranges::all_of(text, is_plain)) return true;
  bool is_shown = true;
  ForEachCharacter(text, [&is_shown](const CodePoint& point, std::string_view) {
    is_shown = is_shown && point.length > 0 && IsShownAsIs(point.value);
  });
  return is_shown;
}

std::string ShownText(std::string_view text) {
  if (IsShownAsIs(text)) return std::string(text);
  std::string shown;
  ForEachCharacter(text, [&shown](const CodePoint& point, std::string_view bytes) {
    if (point.length > 0 && IsShownAsIs(point.value)) {
      shown += bytes;
    } else {
      AppendEscaped(point, bytes, shown);
    }
  });
  return shown;
}

std::string ShownLines(std::string_view text, std::string_view indent) {
  if (IsShownAsIs(text)) return std::string(text);
  std::string shown;
  ForEachCharacter(text, [&](const CodePoint& point, std::string_view bytes) {
    if (bytes == "\n") {
      shown += '\n';
      shown += indent;
    } else if (bytes == "\t" || (point.length > 0 && IsShownAsIs(point.value))) {
      shown += bytes;
    } else {
      AppendEscaped(point, bytes, shown);
    }
  });
  return shown;
}

std::string Quoted(std::string_view text) {
  return fmt::format("\"{}\"", ShownText(ToUtf8(text, kQuotedBytesMax, "...")));
}

std::size_t ShownWidth(std::string_view text) {
  std::size_t width = 0;
  ForEachCharacter(text, [&width](const CodePoint& point, std::string_view) {
    if (IsIn(kCombining, point.value)) return;
    width += IsIn(kWide, point.value) ? 2 : 1;
  });
  return width;
}

}  // namespace orrery
