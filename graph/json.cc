#include "graph/json.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <limits>
#include <numeric>
#include <optional>
#include <type_traits>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "base/check.h"
#include "base/overload.h"
#include "base/status_macros.h"
#include "base/utf8.h"
#include "graph/limits.h"
#include <fmt/format.h>

namespace orrery::graph {
namespace {

constexpr bool IsDigit(char c) { return c >= '0' && c <= '9'; }
constexpr bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
// Returns true for characters that are not escaped in a string.
constexpr bool IsPlain(char c) {
  return c != '"' && c != '\\' && c >= 0x20 && static_cast<unsigned char>(c) < 0x80;
}

// Applies IsPlain to eight characters at once.
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

// Rejects text that base64.b64encode does not write.
std::optional<std::string> DecodeBase64(const std::string& text) {
  std::string bytes;
  if (!absl::Base64Unescape(text, &bytes)) return std::nullopt;
  std::string canonical;
  absl::Base64Escape(bytes, &canonical);
  if (canonical != text) return std::nullopt;
  return bytes;
}

// Returns a float that is too large or too small for a double, as Python reads it.
double OutOfRangeFloat(std::string_view text) {
  const bool is_negative = text.starts_with('-');
  const std::size_t exponent_at = text.find_first_of("eE");
  const std::string_view mantissa = text.substr(is_negative, exponent_at - is_negative);
  // The place of the first nonzero digit, as a power of ten.
  const std::size_t point = std::min(mantissa.find('.'), mantissa.size());
  const std::size_t first = std::min(mantissa.find_first_of("123456789"), mantissa.size());
  std::int64_t magnitude = static_cast<std::int64_t>(point) - static_cast<std::int64_t>(first);
  if (exponent_at != std::string_view::npos) {
    std::string_view exponent = text.substr(exponent_at + 1);
    if (exponent.starts_with('+')) exponent.remove_prefix(1);
    constexpr std::int64_t kBeyondAnyText = INT64_MAX / 2;
    std::int64_t power = 0;
    const auto result = std::from_chars(exponent.data(), exponent.data() + exponent.size(), power);
    if (result.ec != std::errc()) power = exponent.starts_with('-') ? INT64_MIN : INT64_MAX;
    magnitude += std::clamp(power, -kBeyondAnyText, kBeyondAnyText);
  }
  const double size = magnitude > 0 ? std::numeric_limits<double>::infinity() : 0.0;
  return is_negative ? -size : size;
}

double ToDouble(std::string_view number) {
  double value = 0;
  const auto result = std::from_chars(number.data(), number.data() + number.size(), value);
  return result.ec == std::errc() ? value : OutOfRangeFloat(number);
}

// Same as in a Python dict: the last value of a repeated key, at the place of the first.
void MergeRepeatedKeys(Object& object) {
  if (object.size() < 2) return;
  std::vector<std::size_t> order(object.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto key = [&object](std::size_t i) -> const std::string& { return object[i].first; };
  std::ranges::stable_sort(order, {}, key);
  std::vector<bool> is_dropped(object.size());
  bool is_any_dropped = false;
  for (std::size_t first = 0, i = 1; i < order.size(); ++i) {
    if (key(order[i]) != key(order[first])) {
      first = i;
      continue;
    }
    object[order[first]].second = std::move(object[order[i]].second);
    is_dropped[order[i]] = true;
    is_any_dropped = true;
  }
  if (!is_any_dropped) return;
  Object merged;
  for (std::size_t i = 0; i < object.size(); ++i) {
    if (!is_dropped[i]) merged.push_back(std::move(object[i]));
  }
  object = std::move(merged);
}

bool IsReal(const Datum& datum) {
  return datum.Is<double>() || datum.Is<std::int64_t>() || datum.Is<BigInteger>();
}

double RealOf(const Datum& datum) {
  if (const double* number = datum.As<double>()) return *number;
  if (const auto* number = datum.As<std::int64_t>()) return static_cast<double>(*number);
  return ToDouble(datum.As<BigInteger>()->digits);
}

// Used in place of Datum by the scanner, which validates the text and builds nothing.
struct Skipped {};

// Reads one text once. Every Read starts at the first character of its construct and ends behind
// the last one. After false, error_ is the problem at at_.
template <class Data>
class Parser {
 public:
  explicit Parser(std::string_view text, bool refuses_overflow = false)
      : start_(text.data()),
        at_(start_),
        end_(start_ + text.size()),
        refuses_overflow_(refuses_overflow) {}

  // Reads one value inside `depth` lists or objects, up to the end of the text.
  absl::Status ReadDocument(std::size_t depth, Data& value) {
    SkipSpace();
    return Finish(ReadValue(depth, value));
  }

  // Reads one list up to the end of the text; calls `on_element` as ReadElements does.
  template <class OnElement>
  absl::Status ReadListDocument(const OnElement& on_element) {
    SkipSpace();
    return Finish(ReadElements(0, on_element));
  }

 private:
  static constexpr bool kBuilds = std::is_same_v<Data, Datum>;
  using Text = std::conditional_t<kBuilds, std::string, Skipped>;

  template <class T>
  static void Set(Data& value, T&& content) {
    if constexpr (kBuilds) value = Datum(std::forward<T>(content));
  }
  static void Append(Text& text, std::string_view piece) {
    if constexpr (kBuilds) text += piece;
  }

  bool ReadValue(std::size_t depth, Data& value) {
    switch (Peek()) {
      case '"':
        return ReadStringValue(value);
      case '[':
        return ReadList(depth, value);
      case '{':
        return ReadObject(depth, value);
      case 'n':
        return ReadWord("null", None{}, value);
      case 't':
        return ReadWord("true", true, value);
      case 'f':
        return ReadWord("false", false, value);
      case 'N':
        return ReadWord("NaN", std::numeric_limits<double>::quiet_NaN(), value);
      case 'I':
        return ReadWord("Infinity", std::numeric_limits<double>::infinity(), value);
      default:
        return ReadNumber(value);
    }
  }

  template <class T>
  bool ReadWord(std::string_view word, T meaning, Data& value) {
    if (!Consume(word)) return Unexpected("a value");
    Set(value, meaning);
    return true;
  }

  bool ReadStringValue(Data& value) {
    Text text;
    if (!ReadString(text)) return false;
    Set(value, std::move(text));
    return true;
  }

  bool ReadList(std::size_t depth, Data& value) {
    std::conditional_t<kBuilds, List, Skipped> list;
    const auto add = [&](Data&& element, std::string_view) {
      if constexpr (kBuilds) list.push_back(std::move(element));
    };
    if (!ReadElements(depth, add)) return false;
    Set(value, std::move(list));
    return true;
  }

  // Calls `on_element` with each element and its text, in order.
  template <class OnElement>
  bool ReadElements(std::size_t depth, const OnElement& on_element) {
    if (!CheckDepth(depth)) return false;
    ++at_;
    SkipSpace();
    if (Consume(']')) return true;
    while (true) {
      const char* const start = at_;
      Data element;
      if (!ReadValue(depth + 1, element)) return false;
      on_element(std::move(element), std::string_view(start, at_ - start));
      SkipSpace();
      if (Consume(']')) return true;
      if (!Consume(',')) return Unexpected("\",\" or \"]\"");
      SkipSpace();
    }
  }

  bool ReadObject(std::size_t depth, Data& value) {
    std::conditional_t<kBuilds, Object, Skipped> object;
    if (!ReadFields(depth, object)) return false;
    if constexpr (kBuilds) {
      MergeRepeatedKeys(object);
      return ReadMarkers(std::move(object), value);
    }
    return true;
  }

  template <class Fields>
  bool ReadFields(std::size_t depth, Fields& fields) {
    if (!CheckDepth(depth)) return false;
    ++at_;
    SkipSpace();
    if (Consume('}')) return true;
    while (true) {
      if (Peek() != '"') return Unexpected("a key in double quotes");
      Text key;
      if (!ReadString(key)) return false;
      SkipSpace();
      if (!Consume(':')) return Unexpected("\":\" after the key");
      SkipSpace();
      Data value;
      if (!ReadValue(depth + 1, value)) return false;
      if constexpr (kBuilds) fields.emplace_back(std::move(key), std::move(value));
      SkipSpace();
      if (Consume('}')) return true;
      if (!Consume(',')) return Unexpected("\",\" or \"}\"");
      SkipSpace();
    }
  }

  // Reads the two kinds of objects that stand for bytes and complex numbers.
  bool ReadMarkers(Object object, Data& value) {
    Datum datum(std::move(object));
    const std::size_t field_count = datum.As<Object>()->size();
    if (const Datum* mark = datum.Find("__tkr_bytes__"); mark != nullptr && *mark == Datum(true)) {
      const Datum* bytes = datum.Find("bytes");
      if (field_count != 2 || bytes == nullptr || !bytes->Is<std::string>()) {
        return Fail("__tkr_bytes__ needs exactly one other field, bytes, a str");
      }
      std::optional<std::string> data = DecodeBase64(*bytes->As<std::string>());
      if (!data.has_value()) return Fail("the bytes of __tkr_bytes__ are not base64");
      value = Bytes{std::move(*data)};
      return true;
    }
    if (const Datum* mark = datum.Find("__tkr_complex__")) {
      const List* parts = mark->As<List>();
      if (field_count != 1 || parts == nullptr || parts->size() != 2 || !IsReal((*parts)[0]) ||
          !IsReal((*parts)[1])) {
        return Fail("__tkr_complex__ needs a list of two numbers and no other field");
      }
      value = std::complex<double>(RealOf((*parts)[0]), RealOf((*parts)[1]));
      return true;
    }
    value = std::move(datum);
    return true;
  }

  bool ReadNumber(Data& value) {
    if (Consume("-Infinity")) {
      Set(value, -std::numeric_limits<double>::infinity());
      return true;
    }
    const char* const start = at_;
    const bool is_negative = Consume('-');
    if (!is_negative && !IsDigit(Peek())) return Unexpected("a value");
    if (!Consume('0') && !SkipDigits()) return Unexpected("a digit");
    const char* const integer_end = at_;
    if (Consume('.') && !SkipDigits()) return Unexpected("a digit after the decimal point");
    if (Peek() == 'e' || Peek() == 'E') {
      ++at_;
      if (!Consume('+')) Consume('-');
      if (!SkipDigits()) return Unexpected("a digit of the exponent");
    }
    const std::string_view number(start, at_ - start);
    if (at_ == integer_end) return ReadInteger(number, value);
    if constexpr (kBuilds) {
      const double read = ToDouble(number);
      if (refuses_overflow_ && std::isinf(read)) {
        return Fail(fmt::format("the number {} is too large for a float", number.substr(0, 40)));
      }
      value = read;
    }
    return true;
  }

  bool ReadInteger(std::string_view number, Data& value) {
    if constexpr (kBuilds) {
      std::int64_t small = 0;
      const auto result = std::from_chars(number.data(), number.data() + number.size(), small);
      if (result.ec == std::errc()) {
        value = small;
        return true;
      }
    }
    const std::size_t digit_count = number.size() - (number.starts_with('-') ? 1 : 0);
    if (digit_count > kLimits.integer_digits.max) {
      return Exceed(kLimits.integer_digits, "an integer", digit_count, "write it as a string");
    }
    if constexpr (kBuilds) value = BigInteger{std::string(number)};
    return true;
  }

  bool ReadString(Text& text) {
    ++at_;
    while (true) {
      const char* const start = at_;
      while (end_ - at_ >= 8 && ArePlain(at_)) at_ += 8;
      while (at_ != end_ && IsPlain(*at_)) ++at_;
      Append(text, {start, static_cast<std::size_t>(at_ - start)});
      if (at_ == end_) return Fail("a string has no closing quote");
      if (Consume('"')) return true;
      if (Consume('\\')) {
        if (!ReadEscape(text)) return false;
        continue;
      }
      if (static_cast<unsigned char>(*at_) < 0x20) {
        return Fail(fmt::format("a string holds the control character 0x{:02x} unescaped", *at_));
      }
      const std::size_t length = DecodeUtf8(Rest(), Surrogates::kRefused).length;
      if (length == 0) return Fail("a string is not valid UTF-8");
      Append(text, Rest().substr(0, length));
      at_ += length;
    }
  }

  // Appends the character that an escape stands for.
  bool ReadEscape(Text& text) {
    static constexpr std::string_view kLetters = "\"\\/bfnrt";
    static constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
    if (Consume('u')) return ReadUnicodeEscape(text);
    const std::size_t letter = Peek() == '\0' ? kLetters.npos : kLetters.find(Peek());
    if (letter == kLetters.npos) return Unexpected("an escape such as \\n or \\u0041");
    Append(text, kMeanings.substr(letter, 1));
    ++at_;
    return true;
  }

  // Appends the character of "\u": one code unit, or a pair of surrogates.
  bool ReadUnicodeEscape(Text& text) {
    char32_t unit = 0;
    if (!ReadHexUnit(unit)) return false;
    if (unit >= 0xD800 && unit <= 0xDBFF && Rest().starts_with("\\u")) {
      const char* const after_first = at_;
      at_ += 2;
      char32_t second = 0;
      if (!ReadHexUnit(second)) return false;
      if (second >= 0xDC00 && second <= 0xDFFF) {
        unit = 0x10000 + ((unit - 0xD800) << 10) + (second - 0xDC00);
      } else {
        at_ = after_first;
      }
    }
    if constexpr (kBuilds) AppendUtf8(text, unit);
    return true;
  }

  bool ReadHexUnit(char32_t& unit) {
    const std::string_view digits = Rest().substr(0, 4);
    std::uint32_t number = 0;
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), number, 16);
    if (error != std::errc() || digits.size() != 4 || end != digits.data() + 4) {
      return Unexpected("four hexadecimal digits after \\u");
    }
    at_ += 4;
    unit = number;
    return true;
  }

  bool CheckDepth(std::size_t depth) {
    if (depth < kLimits.json_depth.max) return true;
    return Exceed(kLimits.json_depth, "the value", depth + 1, "nest it less");
  }

  std::string_view Rest() const { return {at_, static_cast<std::size_t>(end_ - at_)}; }
  // Returns '\0' at the end; no construct starts with it.
  char Peek() const { return at_ != end_ ? *at_ : '\0'; }
  bool Consume(char c) {
    if (at_ == end_ || *at_ != c) return false;
    ++at_;
    return true;
  }
  bool Consume(std::string_view word) {
    if (!Rest().starts_with(word)) return false;
    at_ += word.size();
    return true;
  }
  void SkipSpace() {
    while (at_ != end_ && IsSpace(*at_)) ++at_;
  }
  // Skips one or more digits.
  bool SkipDigits() {
    const char* const start = at_;
    while (at_ != end_ && IsDigit(*at_)) ++at_;
    return at_ != start;
  }

  absl::Status Finish(bool is_right) {
    SkipSpace();
    if (is_right && at_ != end_) is_right = Unexpected("the end of the text");
    return is_right ? absl::OkStatus() : error_;
  }
  // Columns count characters, not bytes.
  std::string Place() const {
    const std::string_view before(start_, at_ - start_);
    const auto line = std::ranges::count(before, '\n') + 1;
    const std::string_view last_line = before.substr(before.rfind('\n') + 1);
    const auto column =
        std::ranges::count_if(last_line, [](char c) { return (c & 0xC0) != 0x80; }) + 1;
    return fmt::format("line {} column {}", line, column);
  }
  bool Fail(std::string_view what) {
    error_ = absl::InvalidArgumentError(fmt::format("{}: {}", Place(), what));
    return false;
  }
  bool Exceed(const Limit& limit, std::string_view what, std::uint64_t actual,
              std::string_view advice) {
    error_ = LimitExceeded(limit, fmt::format("{}: {}", Place(), what), actual, advice,
                           absl::StatusCode::kResourceExhausted);
    return false;
  }
  bool Unexpected(std::string_view wanted) {
    if (at_ == end_) return Fail(fmt::format("expected {}, found the end of the text", wanted));
    const unsigned char c = *at_;
    const std::string found =
        c >= 0x20 && c < 0x7F ? fmt::format("\"{}\"", *at_) : fmt::format("0x{:02x}", c);
    return Fail(fmt::format("expected {}, found {}", wanted, found));
  }

  const char* const start_;
  const char* at_;
  const char* const end_;
  const bool refuses_overflow_;
  absl::Status error_;
};

absl::Status CheckSize(std::string_view text) {
  return CheckLimit(kLimits.json_bytes, "the JSON text", text.size(),
                    "store large parts of it as values of their own",
                    absl::StatusCode::kResourceExhausted);
}

class Writer {
 public:
  explicit Writer(JsonStyle style)
      : is_readable_(style == JsonStyle::kReadable),
        is_standard_(style == JsonStyle::kStandard),
        comma_(style == JsonStyle::kPython || is_standard_ ? ", " : ","),
        colon_(style == JsonStyle::kCompact ? ":" : ": ") {}

  void Write(const Datum& datum) { std::visit(*this, datum.variant()); }
  void Reserve(std::size_t bytes) { text_.reserve(bytes); }
  std::string Take() && { return std::move(text_); }

  void operator()(None) { text_ += "null"; }
  void operator()(bool value) { text_ += value ? "true" : "false"; }
  void operator()(std::int64_t value) { text_ += fmt::format_int(value).c_str(); }
  void operator()(const BigInteger& value) { text_ += value.digits; }
  void operator()(double value) {
    text_ += is_standard_ && !std::isfinite(value) ? "null" : WriteFloat(value);
  }
  void operator()(const std::complex<double>& value) {
    (*this)(Object{{"__tkr_complex__", List{value.real(), value.imag()}}});
  }
  void operator()(const Bytes& value) {
    std::string base64;
    absl::Base64Escape(value.data, &base64);
    (*this)(Object{{"__tkr_bytes__", true}, {"bytes", std::move(base64)}});
  }
  void operator()(const List& list) {
    WriteItems('[', list, ']', [this](const Datum& element) { Write(element); });
  }
  void operator()(const Object& object) {
    WriteItems('{', object, '}', [this](const auto& field) {
      WriteText(field.first);
      text_ += colon_;
      Write(field.second);
    });
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
      if (is_standard_ && (code_point.length == 0 || IsSurrogate(code_point.value))) {
        WriteUnit(0xFFFD);
      } else if (code_point.length == 0) {
        // An invalid byte, in the form of Python's surrogateescape.
        WriteUnit(0xDC00 | static_cast<std::uint8_t>(rest[0]));
      } else if (is_readable_ && code_point.value >= 0x80 && !IsSurrogate(code_point.value)) {
        text_ += rest.substr(0, code_point.length);
      } else {
        WriteCodePoint(code_point.value);
      }
      rest.remove_prefix(std::max<std::size_t>(code_point.length, 1));
    }
    text_ += '"';
  }

 private:
  static bool IsSurrogate(char32_t value) { return value >= 0xD800 && value <= 0xDFFF; }

  template <class Items, class WriteItem>
  void WriteItems(char open, const Items& items, char close, const WriteItem& write_item) {
    text_ += open;
    ++depth_;
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (i > 0) text_ += comma_;
      StartLine();
      write_item(items[i]);
    }
    --depth_;
    if (!items.empty()) StartLine();
    text_ += close;
  }

  void StartLine() {
    if (!is_readable_) return;
    text_ += '\n';
    text_.append(2 * depth_, ' ');
  }

  // Returns the number of leading characters that are not escaped.
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

  const bool is_readable_;
  const bool is_standard_;
  const std::string_view comma_;
  const std::string_view colon_;
  std::size_t depth_ = 0;
  std::string text_;
};

// Python writes an exponent below this power of ten.
constexpr int kFixedExponentMin = -4;
constexpr int kFixedExponentMax = 15;

}  // namespace

absl::StatusOr<Datum> ParseJson(std::string_view text) {
  RETURN_IF_ERROR(CheckSize(text));
  Datum datum;
  RETURN_IF_ERROR(Parser<Datum>(text).ReadDocument(0, datum));
  return datum;
}

absl::StatusOr<Datum> ParseJsonInRange(std::string_view text) {
  RETURN_IF_ERROR(CheckSize(text));
  Datum datum;
  RETURN_IF_ERROR(Parser<Datum>(text, /*refuses_overflow=*/true).ReadDocument(0, datum));
  return datum;
}

bool StartsJsonList(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  return first != text.npos && text[first] == '[';
}

absl::StatusOr<std::vector<std::string_view>> ScanJsonList(std::string_view text) {
  CHECK(StartsJsonList(text));
  RETURN_IF_ERROR(CheckSize(text));
  std::vector<std::string_view> elements;
  RETURN_IF_ERROR(Parser<Skipped>(text).ReadListDocument(
      [&elements](Skipped, std::string_view element) { elements.push_back(element); }));
  return elements;
}

absl::Status ScanJsonValue(std::string_view text, std::size_t depth) {
  RETURN_IF_ERROR(CheckSize(text));
  Skipped skipped;
  return Parser<Skipped>(text).ReadDocument(depth, skipped);
}

std::string WriteJson(const Datum& datum, JsonStyle style) {
  Writer writer(style);
  writer.Write(datum);
  return std::move(writer).Take();
}

bool IsStandardJson(const Datum& datum) {
  const auto is_standard = Overload{
      [](double value) { return std::isfinite(value); },
      [](const std::complex<double>& value) {
        return std::isfinite(value.real()) && std::isfinite(value.imag());
      },
      [](const std::string& value) { return IsValidUtf8(value); },
      [](const List& list) { return std::ranges::all_of(list, IsStandardJson); },
      [](const Object& object) {
        return std::ranges::all_of(object, [](const Field& field) {
          return IsValidUtf8(field.first) && IsStandardJson(field.second);
        });
      },
      [](const auto&) { return true; },
  };
  return std::visit(is_standard, datum.variant());
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
  // "-d.ddde-XX": the fewest digits that parse to the same number.
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
