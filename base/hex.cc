#include "base/hex.h"

#include <algorithm>

#include "fmt/format.h"

namespace orrery {
namespace {

int DigitValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::string HexEncode(std::span<const std::uint8_t> bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text(bytes.size() * 2, '0');
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    text[2 * i] = kDigits[bytes[i] >> 4];
    text[2 * i + 1] = kDigits[bytes[i] & 15];
  }
  return text;
}

bool HexDecode(std::string_view text, std::span<std::uint8_t> bytes) {
  if (text.size() != bytes.size() * 2) return false;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const int high = DigitValue(text[2 * i]);
    const int low = DigitValue(text[2 * i + 1]);
    if (high < 0 || low < 0) return false;
    bytes[i] = static_cast<std::uint8_t>(high * 16 + low);
  }
  return true;
}

absl::Status CopyBytes(std::string_view text, std::string_view field,
                       std::span<std::uint8_t> bytes) {
  if (text.size() != bytes.size()) {
    return absl::InvalidArgumentError(
        fmt::format("{} has {} bytes, it needs {}", field, text.size(), bytes.size()));
  }
  std::ranges::copy(text, bytes.begin());
  return absl::OkStatus();
}

}  // namespace orrery
