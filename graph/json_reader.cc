#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "base/status_macros.h"
#include "graph/json.h"
#include "graph/limits.h"
#include "graph/utf8.h"
#include <fmt/format.h>

namespace orrery::graph {
namespace {

constexpr bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// What base64.b64encode could have written, and nothing else.
std::optional<std::string> DecodeBase64(const std::string& text) {
  std::string bytes;
  if (!absl::Base64Unescape(text, &bytes)) return std::nullopt;
  std::string canonical;
  absl::Base64Escape(bytes, &canonical);
  if (canonical != text) return std::nullopt;
  return bytes;
}

// A float too large or too small for a double, as Python reads it.
double OutOfRangeFloat(std::string_view text) {
  const bool is_negative = text.starts_with('-');
  const std::size_t exponent_at = text.find_first_of("eE");
  const std::string_view mantissa = text.substr(is_negative, exponent_at - is_negative);
  // Where the first digit that counts stands, as a power of ten.
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

// As in a Python dict: the last value of a repeated key wins, at the place of the first.
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

// One pass over one text. Every Read starts at the first character of its construct.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  absl::StatusOr<Datum> ReadDocument() {
    ASSIGN_OR_RETURN(Datum datum, ReadValue(0));
    SkipSpace();
    if (position_ != text_.size()) return Unexpected("the end of the text");
    return datum;
  }

 private:
  absl::StatusOr<Datum> ReadValue(std::size_t depth) {
    SkipSpace();
    if (Consume("null")) return Datum(None{});
    if (Consume("true")) return Datum(true);
    if (Consume("false")) return Datum(false);
    if (Consume("NaN")) return Datum(std::numeric_limits<double>::quiet_NaN());
    if (Consume("Infinity")) return Datum(std::numeric_limits<double>::infinity());
    if (Consume("-Infinity")) return Datum(-std::numeric_limits<double>::infinity());
    switch (Peek()) {
      case '"': {
        ASSIGN_OR_RETURN(std::string text, ReadString());
        return Datum(std::move(text));
      }
      case '[':
        return ReadList(depth);
      case '{':
        return ReadObject(depth);
      default:
        if (Peek() == '-' || IsDigit(Peek())) return ReadNumber();
        return Unexpected("a value");
    }
  }

  absl::StatusOr<Datum> ReadList(std::size_t depth) {
    RETURN_IF_ERROR(CheckDepth(depth));
    List list;
    ++position_;
    SkipSpace();
    if (Consume("]")) return Datum(std::move(list));
    while (true) {
      ASSIGN_OR_RETURN(Datum element, ReadValue(depth + 1));
      list.push_back(std::move(element));
      SkipSpace();
      if (Consume("]")) return Datum(std::move(list));
      if (!Consume(",")) return Unexpected("\",\" or \"]\"");
    }
  }

  absl::StatusOr<Datum> ReadObject(std::size_t depth) {
    RETURN_IF_ERROR(CheckDepth(depth));
    Object object;
    ++position_;
    SkipSpace();
    if (Consume("}")) return Datum(std::move(object));
    while (true) {
      SkipSpace();
      if (Peek() != '"') return Unexpected("a key in double quotes");
      ASSIGN_OR_RETURN(std::string key, ReadString());
      SkipSpace();
      if (!Consume(":")) return Unexpected("\":\" after the key");
      ASSIGN_OR_RETURN(Datum value, ReadValue(depth + 1));
      object.emplace_back(std::move(key), std::move(value));
      SkipSpace();
      if (Consume("}")) break;
      if (!Consume(",")) return Unexpected("\",\" or \"}\"");
    }
    MergeRepeatedKeys(object);
    return ReadMarkers(std::move(object));
  }

  // The two objects that stand for something JSON has no form for.
  absl::StatusOr<Datum> ReadMarkers(Object object) const {
    Datum datum(std::move(object));
    const std::size_t field_count = datum.As<Object>()->size();
    if (const Datum* mark = datum.Find("__tkr_bytes__"); mark != nullptr && *mark == Datum(true)) {
      const Datum* bytes = datum.Find("bytes");
      if (field_count != 2 || bytes == nullptr || !bytes->Is<std::string>()) {
        return Error("__tkr_bytes__ needs exactly one other field, bytes, a str");
      }
      std::optional<std::string> data = DecodeBase64(*bytes->As<std::string>());
      if (!data.has_value()) return Error("the bytes of __tkr_bytes__ are not base64");
      return Datum(Bytes{std::move(*data)});
    }
    if (const Datum* mark = datum.Find("__tkr_complex__")) {
      const List* parts = mark->As<List>();
      if (field_count != 1 || parts == nullptr || parts->size() != 2 || !IsReal((*parts)[0]) ||
          !IsReal((*parts)[1])) {
        return Error("__tkr_complex__ needs a list of two numbers and no other field");
      }
      return Datum(std::complex<double>(RealOf((*parts)[0]), RealOf((*parts)[1])));
    }
    return datum;
  }

  static bool IsReal(const Datum& datum) {
    return datum.Is<double>() || datum.Is<std::int64_t>() || datum.Is<BigInteger>();
  }
  static double RealOf(const Datum& datum) {
    if (const double* number = datum.As<double>()) return *number;
    if (const auto* number = datum.As<std::int64_t>()) return static_cast<double>(*number);
    return ToDouble(datum.As<BigInteger>()->digits);
  }

  absl::StatusOr<Datum> ReadNumber() {
    const std::size_t start = position_;
    Consume("-");
    if (!Consume("0")) {
      if (!IsDigit(Peek())) return Unexpected("a digit");
      SkipDigits();
    }
    const std::size_t integer_end = position_;
    if (Consume(".")) {
      if (!IsDigit(Peek())) return Unexpected("a digit after the decimal point");
      SkipDigits();
    }
    if (Peek() == 'e' || Peek() == 'E') {
      ++position_;
      if (Peek() == '+' || Peek() == '-') ++position_;
      if (!IsDigit(Peek())) return Unexpected("a digit of the exponent");
      SkipDigits();
    }
    const std::string_view number = text_.substr(start, position_ - start);
    if (position_ == integer_end) return ReadInteger(number);
    return Datum(ToDouble(number));
  }

  absl::StatusOr<Datum> ReadInteger(std::string_view number) const {
    std::int64_t value = 0;
    const auto result = std::from_chars(number.data(), number.data() + number.size(), value);
    if (result.ec == std::errc()) return Datum(value);
    const std::size_t digit_count = number.size() - (number.starts_with('-') ? 1 : 0);
    if (digit_count > kLimits.integer_digits_max) {
      return absl::ResourceExhaustedError(
          fmt::format("{}: an integer has {} digits, the limit is {}", Place(), digit_count,
                      kLimits.integer_digits_max));
    }
    return Datum(BigInteger{std::string(number)});
  }

  absl::StatusOr<std::string> ReadString() {
    std::string value;
    ++position_;
    while (true) {
      const std::size_t start = position_;
      while (position_ < text_.size() && IsPlain(text_[position_])) ++position_;
      value += text_.substr(start, position_ - start);
      if (position_ == text_.size()) return Error("a string has no closing quote");
      if (Consume("\"")) return value;
      if (Consume("\\")) {
        RETURN_IF_ERROR(ReadEscape(value));
        continue;
      }
      if (static_cast<unsigned char>(text_[position_]) < 0x20) {
        return Error(fmt::format("a string holds the control character 0x{:02x} unescaped",
                                 text_[position_]));
      }
      const std::size_t length = DecodeUtf8(text_.substr(position_), Surrogates::kRefused).length;
      if (length == 0) return Error("a string is not valid UTF-8");
      value += text_.substr(position_, length);
      position_ += length;
    }
  }

  static bool IsPlain(char c) {
    return c != '"' && c != '\\' && c >= 0x20 && static_cast<unsigned char>(c) < 0x80;
  }

  // Appends what follows a backslash.
  absl::Status ReadEscape(std::string& value) {
    static constexpr std::string_view kLetters = "\"\\/bfnrt";
    static constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
    if (Consume("u")) {
      ASSIGN_OR_RETURN(char32_t unit, ReadHexUnit());
      if (unit >= 0xD800 && unit <= 0xDBFF && Rest().starts_with("\\u")) {
        const std::size_t after_first = position_;
        position_ += 2;
        ASSIGN_OR_RETURN(char32_t second, ReadHexUnit());
        if (second >= 0xDC00 && second <= 0xDFFF) {
          unit = 0x10000 + ((unit - 0xD800) << 10) + (second - 0xDC00);
        } else {
          position_ = after_first;
        }
      }
      AppendUtf8(value, unit);
      return absl::OkStatus();
    }
    const std::size_t letter = Peek() == '\0' ? kLetters.npos : kLetters.find(Peek());
    if (letter == kLetters.npos) return Unexpected("an escape such as \\n or \\u0041");
    value += kMeanings[letter];
    ++position_;
    return absl::OkStatus();
  }

  absl::StatusOr<char32_t> ReadHexUnit() {
    const std::string_view digits = Rest().substr(0, 4);
    std::uint32_t unit = 0;
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), unit, 16);
    if (error != std::errc() || digits.size() != 4 || end != digits.data() + 4) {
      return Unexpected("four hexadecimal digits after \\u");
    }
    position_ += 4;
    return static_cast<char32_t>(unit);
  }

  absl::Status CheckDepth(std::size_t depth) const {
    if (depth < kLimits.json_depth_max) return absl::OkStatus();
    return absl::ResourceExhaustedError(
        fmt::format("{}: nested deeper than the limit of {}", Place(), kLimits.json_depth_max));
  }

  std::string_view Rest() const { return text_.substr(position_); }
  // '\0' at the end, which no construct starts with.
  char Peek() const { return position_ < text_.size() ? text_[position_] : '\0'; }
  bool Consume(std::string_view token) {
    if (!Rest().starts_with(token)) return false;
    position_ += token.size();
    return true;
  }
  void SkipSpace() {
    position_ = std::min(text_.find_first_not_of(" \t\r\n", position_), text_.size());
  }
  void SkipDigits() {
    while (IsDigit(Peek())) ++position_;
  }

  // Columns count characters, not bytes.
  std::string Place() const {
    const std::string_view before = text_.substr(0, position_);
    const auto line = std::ranges::count(before, '\n') + 1;
    const std::string_view last_line = before.substr(before.rfind('\n') + 1);
    const auto column =
        std::ranges::count_if(last_line, [](char c) { return (c & 0xC0) != 0x80; }) + 1;
    return fmt::format("line {} column {}", line, column);
  }
  absl::Status Error(std::string_view what) const {
    return absl::InvalidArgumentError(fmt::format("{}: {}", Place(), what));
  }
  absl::Status Unexpected(std::string_view wanted) const {
    if (position_ == text_.size()) {
      return Error(fmt::format("expected {}, found the end of the text", wanted));
    }
    const unsigned char c = text_[position_];
    const std::string found = c >= 0x20 && c < 0x7F ? fmt::format("\"{}\"", text_[position_])
                                                    : fmt::format("0x{:02x}", c);
    return Error(fmt::format("expected {}, found {}", wanted, found));
  }

  const std::string_view text_;
  std::size_t position_ = 0;
};

}  // namespace

absl::StatusOr<Datum> ParseJson(std::string_view text) {
  if (text.size() > kLimits.json_bytes_max) {
    return absl::ResourceExhaustedError(fmt::format("the JSON text is {} bytes, the limit is {}",
                                                    text.size(), kLimits.json_bytes_max));
  }
  return Reader(text).ReadDocument();
}

}  // namespace orrery::graph
