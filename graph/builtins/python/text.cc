#include "graph/builtins/python/text.h"

#include <cmath>
#include <complex>
#include <cstdint>
#include <iterator>

#include "base/utf8.h"
#include "graph/builtins/python/unicode.h"
#include "graph/json.h"
#include <fmt/format.h>

namespace orrery::graph::internal {
namespace {

std::string FloatText(double number) {
  if (std::isnan(number)) return "nan";
  if (std::isinf(number)) return number < 0 ? "-inf" : "inf";
  return WriteFloat(number);
}

// Writes a part of a complex number without ".0".
std::string PartText(double number) {
  std::string text = FloatText(number);
  if (text.ends_with(".0")) text.resize(text.size() - 2);
  return text;
}

std::string ComplexText(const std::complex<double>& number) {
  const std::string imaginary = PartText(number.imag());
  if (number.real() == 0 && !std::signbit(number.real())) return imaginary + "j";
  const std::string_view sign = imaginary.starts_with('-') ? "" : "+";
  return fmt::format("({}{}{}j)", PartText(number.real()), sign, imaginary);
}

// Appends to one text, so that deep values are not copied.
class Writer {
 public:
  std::string Take() && { return std::move(text_); }

  void Write(const Datum& datum) { std::visit(*this, datum.variant()); }

  void operator()(None) { text_ += "None"; }
  void operator()(bool value) { text_ += value ? "True" : "False"; }
  void operator()(std::int64_t value) { text_ += std::to_string(value); }
  void operator()(const BigInteger& value) { text_ += value.digits; }
  void operator()(double value) { text_ += FloatText(value); }
  void operator()(const std::complex<double>& value) { text_ += ComplexText(value); }
  void operator()(const std::string& value) { WriteText(value); }
  void operator()(const Bytes& value) { WriteBytes(value.data); }
  void operator()(const List& list) {
    std::string_view separator = "[";
    for (const Datum& element : list) {
      text_ += separator;
      Write(element);
      separator = ", ";
    }
    text_ += list.empty() ? "[]" : "]";
  }
  void operator()(const Object& object) {
    std::string_view separator = "{";
    for (const auto& [name, value] : object) {
      text_ += separator;
      WriteText(name);
      text_ += ": ";
      Write(value);
      separator = ", ";
    }
    text_ += object.empty() ? "{}" : "}";
  }

  void WriteText(std::string_view text) {
    const char quote = QuoteFor(text);
    text_ += quote;
    while (!text.empty()) {
      CodePoint code_point = DecodeUtf8(text, Surrogates::kAllowed);
      if (code_point.length == 0) code_point = {0xDC00U | static_cast<std::uint8_t>(text[0]), 1};
      if (code_point.value < 0x80) {
        WriteAscii(static_cast<char>(code_point.value), quote);
      } else if (IsPrintable(code_point.value)) {
        text_ += text.substr(0, code_point.length);
      } else {
        WriteEscape(code_point.value);
      }
      text.remove_prefix(code_point.length);
    }
    text_ += quote;
  }

 private:
  // Returns single quotes, or double quotes if they avoid escapes.
  static char QuoteFor(std::string_view text) {
    return text.find('\'') != text.npos && text.find('"') == text.npos ? '"' : '\'';
  }

  void WriteBytes(std::string_view bytes) {
    const char quote = QuoteFor(bytes);
    text_ += 'b';
    text_ += quote;
    for (const char byte : bytes) {
      if (static_cast<std::uint8_t>(byte) < 0x80) {
        WriteAscii(byte, quote);
      } else {
        WriteEscape(static_cast<std::uint8_t>(byte));
      }
    }
    text_ += quote;
  }

  void WriteAscii(char c, char quote) {
    static constexpr std::string_view kSpecial = "\\\n\r\t";
    static constexpr std::string_view kLetters = "\\nrt";
    if (c == quote) {
      text_ += {'\\', c};
    } else if (const std::size_t special = kSpecial.find(c); special != kSpecial.npos) {
      text_ += {'\\', kLetters[special]};
    } else if (c >= 0x20 && c < 0x7F) {
      text_ += c;
    } else {
      WriteEscape(static_cast<std::uint8_t>(c));
    }
  }

  void WriteEscape(std::uint32_t code) {
    const auto output = std::back_inserter(text_);
    if (code < 0x100) {
      fmt::format_to(output, "\\x{:02x}", code);
    } else if (code < 0x10000) {
      fmt::format_to(output, "\\u{:04x}", code);
    } else {
      fmt::format_to(output, "\\U{:08x}", code);
    }
  }

  std::string text_;
};

}  // namespace

std::string StrOf(const Datum& datum) {
  if (const auto* text = datum.As<std::string>()) return *text;
  return ReprOf(datum);
}

std::string ReprOf(const Datum& datum) {
  Writer writer;
  writer.Write(datum);
  return std::move(writer).Take();
}

std::string ReprOfText(std::string_view text) {
  Writer writer;
  writer.WriteText(text);
  return std::move(writer).Take();
}

}  // namespace orrery::graph::internal
