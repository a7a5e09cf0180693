#include "base/utf8.h"

#include <algorithm>
#include <cstdint>

#include "base/check.h"

namespace orrery {
namespace {

constexpr CodePoint kInvalid{};

}  // namespace

CodePoint DecodeUtf8(std::string_view text, Surrogates surrogates) {
  const auto byte = [text](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint8_t lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < length) return kInvalid;
  char32_t value = lead & (0x7F >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return kInvalid;
    value = value << 6 | (byte(i) & 0x3F);
  }
  if ((length == 3 && value < 0x800) || (length == 4 && value < 0x10000) || value > 0x10FFFF) {
    return kInvalid;
  }
  const bool is_surrogate = value >= 0xD800 && value <= 0xDFFF;
  if (is_surrogate && surrogates == Surrogates::kRefused) return kInvalid;
  return {value, length};
}

void AppendUtf8(std::string& text, char32_t code_point) {
  CHECK(code_point <= 0x10FFFF);
  const auto tail = [code_point](int shift) {
    return static_cast<char>(0x80 | (code_point >> shift & 0x3F));
  };
  if (code_point < 0x80) {
    text += static_cast<char>(code_point);
  } else if (code_point < 0x800) {
    text += {static_cast<char>(0xC0 | code_point >> 6), tail(0)};
  } else if (code_point < 0x10000) {
    text += {static_cast<char>(0xE0 | code_point >> 12), tail(6), tail(0)};
  } else {
    text += {static_cast<char>(0xF0 | code_point >> 18), tail(12), tail(6), tail(0)};
  }
}

bool IsValidUtf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = DecodeUtf8(text, Surrogates::kRefused).length;
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::string ToUtf8(std::string_view text, std::size_t bytes_max, std::string_view ellipsis) {
  CHECK(bytes_max >= ellipsis.size());
  if (text.size() <= bytes_max && IsValidUtf8(text)) return std::string(text);
  constexpr std::string_view kReplacement = "\xef\xbf\xbd";
  std::string valid;
  std::size_t cut = 0;  // The length of the longest prefix that leaves room for the ellipsis.
  while (!text.empty()) {
    const std::size_t length = DecodeUtf8(text, Surrogates::kRefused).length;
    const std::string_view piece = length == 0 ? kReplacement : text.substr(0, length);
    if (piece.size() > bytes_max - valid.size()) {
      valid.resize(cut);
      return valid.append(ellipsis);
    }
    valid.append(piece);
    if (valid.size() <= bytes_max - ellipsis.size()) cut = valid.size();
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return valid;
}

}  // namespace orrery
