#include "graph/builtins/json_scan.h"

#include <cstdint>
#include <cstring>

#include "absl/status/status.h"
#include "base/check.h"
#include "graph/json.h"
#include "graph/limits.h"
#include "graph/utf8.h"
#include <fmt/format.h>

namespace orrery::graph {
namespace {

constexpr bool IsDigit(char c) { return c >= '0' && c <= '9'; }
constexpr bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
constexpr bool IsHexDigit(char c) {
  return IsDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
constexpr bool IsPlain(char c) {
  return c != '"' && c != '\\' && c >= 0x20 && static_cast<unsigned char>(c) < 0x80;
}

// The same of eight characters at once.
bool ArePlain(const char* characters) {
  constexpr std::uint64_t kOnes = 0x0101010101010101;
  constexpr std::uint64_t kHighBits = kOnes * 0x80;
  std::uint64_t word = 0;
  std::memcpy(&word, characters, sizeof(word));
  // Sets the high bit of the lowest byte that is below `bound`; other bits only if there is one, or
  // in bytes that are not ASCII.
  const auto below = [](std::uint64_t bytes, std::uint64_t bound) { return bytes - kOnes * bound; };
  const std::uint64_t quotes = below(word ^ kOnes * '"', 1);
  const std::uint64_t backslashes = below(word ^ kOnes * '\\', 1);
  return ((word | below(word, 0x20) | quotes | backslashes) & kHighBits) == 0;
}

// Goes once over a text. Every Skip starts at the first character of its construct, ends behind the
// last one, and says whether the construct was right.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : at_(text.data()), end_(text.data() + text.size()) {}

  bool SkipValue(std::size_t depth) {
    if (at_ == end_) return false;
    switch (*at_) {
      case '"':
        return SkipString();
      case '[':
        return SkipList(depth, [](std::string_view) {});
      case '{':
        return SkipObject(depth);
      case 'n':
        return Consume("null");
      case 't':
        return Consume("true");
      case 'f':
        return Consume("false");
      case 'N':
        return Consume("NaN");
      case 'I':
        return Consume("Infinity");
      default:
        return SkipNumber();
    }
  }

  // Calls `on_element` with each element, in order.
  template <class OnElement>
  bool SkipList(std::size_t depth, const OnElement& on_element) {
    if (depth >= kLimits.json_depth_max) return false;
    ++at_;
    SkipSpace();
    if (Consume(']')) return true;
    while (true) {
      const char* const start = at_;
      if (!SkipValue(depth + 1)) return false;
      on_element(std::string_view(start, at_ - start));
      SkipSpace();
      if (Consume(']')) return true;
      if (!Consume(',')) return false;
      SkipSpace();
    }
  }

  void SkipSpace() {
    while (at_ != end_ && IsSpace(*at_)) ++at_;
  }
  bool is_at_end() const { return at_ == end_; }

 private:
  bool SkipObject(std::size_t depth) {
    if (depth >= kLimits.json_depth_max) return false;
    ++at_;
    SkipSpace();
    if (Consume('}')) return true;
    while (true) {
      if (at_ == end_ || *at_ != '"' || !SkipString()) return false;
      SkipSpace();
      if (!Consume(':')) return false;
      SkipSpace();
      if (!SkipValue(depth + 1)) return false;
      SkipSpace();
      if (Consume('}')) return true;
      if (!Consume(',')) return false;
      SkipSpace();
    }
  }

  bool SkipString() {
    ++at_;
    while (true) {
      while (end_ - at_ >= 8 && ArePlain(at_)) at_ += 8;
      while (at_ != end_ && IsPlain(*at_)) ++at_;
      if (at_ == end_) return false;
      if (Consume('"')) return true;
      if (!SkipSpecial()) return false;
    }
  }

  // A character of a string that is not plain.
  bool SkipSpecial() {
    if (*at_ != '\\') {
      if (static_cast<unsigned char>(*at_) < 0x20) return false;
      const std::string_view rest(at_, end_ - at_);
      const std::size_t length = DecodeUtf8(rest, Surrogates::kRefused).length;
      at_ += length;
      return length > 0;
    }
    if (end_ - at_ < 2) return false;
    const char letter = at_[1];
    at_ += 2;
    if (letter != 'u') return std::string_view("\"\\/bfnrt").find(letter) != std::string_view::npos;
    for (int i = 0; i < 4; ++i, ++at_) {
      if (at_ == end_ || !IsHexDigit(*at_)) return false;
    }
    return true;
  }

  bool SkipNumber() {
    const char* const start = at_;
    const bool is_negative = Consume('-');
    if (is_negative && at_ != end_ && *at_ == 'I') return Consume("Infinity");
    if (!Consume('0') && !SkipDigits()) return false;
    const std::size_t digit_count = at_ - start - (is_negative ? 1 : 0);
    bool is_integer = true;
    if (Consume('.')) {
      is_integer = false;
      if (!SkipDigits()) return false;
    }
    if (at_ != end_ && (*at_ == 'e' || *at_ == 'E')) {
      is_integer = false;
      ++at_;
      if (!Consume('+')) Consume('-');
      if (!SkipDigits()) return false;
    }
    return !is_integer || digit_count <= kLimits.integer_digits_max;
  }

  // One digit at least.
  bool SkipDigits() {
    const char* const start = at_;
    while (at_ != end_ && IsDigit(*at_)) ++at_;
    return at_ != start;
  }

  bool Consume(char c) {
    if (at_ == end_ || *at_ != c) return false;
    ++at_;
    return true;
  }
  bool Consume(std::string_view word) {
    if (!std::string_view(at_, end_ - at_).starts_with(word)) return false;
    at_ += word.size();
    return true;
  }

  const char* at_;
  const char* const end_;
};

absl::Status TooDeep() {
  return absl::ResourceExhaustedError(
      fmt::format("nested deeper than the limit of {}", kLimits.json_depth_max));
}

}  // namespace

bool StartsJsonList(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  return first != text.npos && text[first] == '[';
}

absl::StatusOr<std::vector<std::string_view>> ScanJsonList(std::string_view text) {
  CHECK(StartsJsonList(text));
  std::vector<std::string_view> elements;
  bool is_right = text.size() <= kLimits.json_bytes_max;
  if (is_right) {
    Scanner scanner(text);
    scanner.SkipSpace();
    is_right =
        scanner.SkipList(0, [&elements](std::string_view element) { elements.push_back(element); });
    scanner.SkipSpace();
    is_right = is_right && scanner.is_at_end();
  }
  if (is_right) return elements;
  // The reader says where and why.
  absl::Status status = ParseJson(text).status();
  if (!status.ok()) return status;
  return absl::InternalError("the scanner refuses a JSON text that the reader accepts");
}

absl::Status ScanJsonValue(std::string_view text, std::size_t depth) {
  if (text.size() <= kLimits.json_bytes_max) {
    Scanner scanner(text);
    scanner.SkipSpace();
    const bool is_right = scanner.SkipValue(depth);
    scanner.SkipSpace();
    if (is_right && scanner.is_at_end()) return absl::OkStatus();
  }
  absl::Status status = ParseJson(text).status();
  // It is right by itself.
  if (status.ok()) return TooDeep();
  return status;
}

}  // namespace orrery::graph
