#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <iterator>

#include "absl/strings/escaping.h"
#include "base/check.h"
#include "graph/json.h"
#include "graph/utf8.h"
#include <fmt/format.h>

namespace orrery::graph {
namespace {

class Writer {
 public:
  explicit Writer(JsonStyle style)
      : comma_(style == JsonStyle::kCompact ? "," : ", "),
        colon_(style == JsonStyle::kCompact ? ":" : ": ") {}

  void Write(const Datum& datum) { std::visit(*this, datum.variant()); }
  void Reserve(std::size_t bytes) { text_.reserve(bytes); }
  std::string Take() && { return std::move(text_); }

  void operator()(None) { text_ += "null"; }
  void operator()(bool value) { text_ += value ? "true" : "false"; }
  void operator()(std::int64_t value) { text_ += fmt::format_int(value).c_str(); }
  void operator()(const BigInteger& value) { text_ += value.digits; }
  void operator()(double value) { text_ += WriteFloat(value); }
  void operator()(const std::complex<double>& value) {
    (*this)(Object{{"__tkr_complex__", List{value.real(), value.imag()}}});
  }
  void operator()(const Bytes& value) {
    std::string base64;
    absl::Base64Escape(value.data, &base64);
    (*this)(Object{{"__tkr_bytes__", true}, {"bytes", std::move(base64)}});
  }
  void operator()(const List& list) {
    text_ += '[';
    for (std::size_t i = 0; i < list.size(); ++i) {
      if (i > 0) text_ += comma_;
      Write(list[i]);
    }
    text_ += ']';
  }
  void operator()(const Object& object) {
    text_ += '{';
    for (std::size_t i = 0; i < object.size(); ++i) {
      if (i > 0) text_ += comma_;
      (*this)(object[i].first);
      text_ += colon_;
      Write(object[i].second);
    }
    text_ += '}';
  }
  void operator()(const std::string& value) { WriteText(value); }

  void WriteText(std::string_view rest) {
    text_ += '"';
    while (!rest.empty()) {
      const std::size_t plain = PlainLength(rest);
      text_ += rest.substr(0, plain);
      rest.remove_prefix(plain);
      if (rest.empty()) break;
      const CodePoint code_point = DecodeUtf8(rest, Surrogates::kAllowed);
      if (code_point.length == 0) {
        // A stray byte, as Python's surrogateescape shows it.
        WriteUnit(0xDC00 | static_cast<std::uint8_t>(rest[0]));
        rest.remove_prefix(1);
      } else {
        WriteCodePoint(code_point.value);
        rest.remove_prefix(code_point.length);
      }
    }
    text_ += '"';
  }

 private:
  // How many characters at the start stand for themselves.
  static std::size_t PlainLength(std::string_view text) {
    const auto is_plain = [](char c) { return c >= 0x20 && c < 0x7F && c != '"' && c != '\\'; };
    return static_cast<std::size_t>(std::ranges::find_if_not(text, is_plain) - text.begin());
  }

  void WriteCodePoint(char32_t value) {
    static constexpr std::string_view kSpecial = "\"\\\n\r\t\b\f";
    static constexpr std::string_view kLetters = "\"\\nrtbf";
    if (value >= 0x10000) {
      WriteUnit(0xD800 + ((value - 0x10000) >> 10));
      WriteUnit(0xDC00 + ((value - 0x10000) & 0x3FF));
      return;
    }
    const std::size_t special =
        value < 0x80 ? kSpecial.find(static_cast<char>(value)) : kSpecial.npos;
    if (special != kSpecial.npos) {
      text_ += '\\';
      text_ += kLetters[special];
    } else if (value >= 0x20 && value < 0x7F) {
      text_ += static_cast<char>(value);
    } else {
      WriteUnit(value);
    }
  }

  void WriteUnit(char32_t unit) {
    fmt::format_to(std::back_inserter(text_), "\\u{:04x}", static_cast<std::uint32_t>(unit));
  }

  const std::string_view comma_;
  const std::string_view colon_;
  std::string text_;
};

// Python's rule for when repr() of a float has an exponent.
constexpr int kFixedExponentMin = -4;
constexpr int kFixedExponentMax = 15;

}  // namespace

std::string WriteJson(const Datum& datum, JsonStyle style) {
  Writer writer(style);
  writer.Write(datum);
  return std::move(writer).Take();
}

std::string WriteJsonText(std::string_view text) {
  Writer writer(JsonStyle::kPython);
  writer.Reserve(text.size() + 2);
  writer.WriteText(text);
  return std::move(writer).Take();
}

std::string WriteFloat(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value < 0 ? "-Infinity" : "Infinity";
  // "-d.ddde-XX": the fewest digits that read back as the same number.
  std::array<char, 40> buffer;
  const auto result = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                    std::chars_format::scientific);
  CHECK(result.ec == std::errc());
  const std::string_view shortest(buffer.data(), result.ptr - buffer.data());
  const std::size_t exponent_at = shortest.find('e');
  const std::string_view exponent_text = shortest.substr(exponent_at + 2);
  int exponent = 0;
  std::from_chars(exponent_text.data(), exponent_text.data() + exponent_text.size(), exponent);
  if (shortest[exponent_at + 1] == '-') exponent = -exponent;
  if (exponent < kFixedExponentMin || exponent > kFixedExponentMax) return std::string(shortest);

  std::string text = shortest.starts_with('-') ? "-" : "";
  std::string digits;
  for (const char c : shortest.substr(0, exponent_at)) {
    if (c != '-' && c != '.') digits += c;
  }
  if (exponent < 0) return text + "0." + std::string(-exponent - 1, '0') + digits;
  const std::size_t point = exponent + 1;
  if (digits.size() <= point) return text + digits + std::string(point - digits.size(), '0') + ".0";
  return text + digits.substr(0, point) + "." + digits.substr(point);
}

}  // namespace orrery::graph
