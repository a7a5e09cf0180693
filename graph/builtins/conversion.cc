#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "base/status_macros.h"
#include "base/utf8.h"
#include "graph/builtins/call.h"
#include "graph/builtins/python/error.h"
#include "graph/builtins/python/text.h"
#include "graph/builtins/python/unicode.h"
#include "graph/builtins/spec.h"
#include "graph/builtins/topics.h"
#include "graph/limits.h"
#include <fmt/format.h>

namespace orrery::graph::internal {
namespace {

// Returns the text in the form that int() parses: digits of any script as '0' to '9', white space
// as ' ', other non-ASCII characters as '?'.
std::string Simplified(std::string_view text) {
  std::string simple;
  simple.reserve(text.size());
  while (!text.empty()) {
    const CodePoint code_point = DecodeUtf8(text, Surrogates::kAllowed);
    if (code_point.length == 0) return "?";
    const std::optional<int> digit = DecimalDigit(code_point.value);
    if (digit.has_value()) {
      simple += static_cast<char>('0' + *digit);
    } else if (IsSpace(code_point.value)) {
      simple += ' ';
    } else {
      simple += code_point.value < 0x80 ? static_cast<char>(code_point.value) : '?';
    }
    text.remove_prefix(code_point.length);
  }
  return simple;
}

// Returns the digits of a literal, with a '-' before them and without single underscores between
// them; nullopt if it is not a literal.
std::optional<std::string> DigitsOf(std::string_view literal) {
  const std::size_t first = literal.find_first_not_of(' ');
  if (first == literal.npos) return std::nullopt;
  literal = literal.substr(first, literal.find_last_not_of(' ') - first + 1);
  std::string digits;
  if (literal.starts_with('+') || literal.starts_with('-')) {
    if (literal[0] == '-') digits = "-";
    literal.remove_prefix(1);
  }
  bool may_end = false;
  bool is_leading = true;
  for (const char c : literal) {
    const bool is_digit = c >= '0' && c <= '9';
    if (!is_digit && (c != '_' || !may_end)) return std::nullopt;
    may_end = is_digit;
    is_leading = is_leading && (c == '0' || c == '_');
    if (is_digit && !is_leading) digits += c;
  }
  if (!may_end) return std::nullopt;
  if (is_leading) return "0";
  return digits;
}

BuiltinResult IntOfText(const std::string& text) {
  constexpr std::size_t kShownBytes = 200;
  const std::optional<std::string> digits = DigitsOf(Simplified(text));
  if (!digits.has_value()) {
    return PythonError("ValueError", fmt::format("invalid literal for int() with base 10: {}",
                                                 ReprOfText(text.substr(0, kShownBytes))));
  }
  RETURN_IF_ERROR(CheckLimit(kLimits.integer_digits, "tkr_int: the str",
                             digits->size() - (digits->starts_with('-') ? 1 : 0), kLeaveItToATask,
                             absl::StatusCode::kResourceExhausted));
  constexpr std::size_t kSmallDigits = 18;
  if (digits->size() <= kSmallDigits) return One(std::int64_t{std::stoll(*digits)});
  ASSIGN_OR_RETURN(Datum datum, IntegerDatum(ParseDigits(*digits)));
  return One(std::move(datum));
}

BuiltinResult IntOfFloat(double number) {
  if (std::isnan(number)) return PythonError("ValueError", "cannot convert float NaN to integer");
  if (std::isinf(number)) {
    return PythonError("OverflowError", "cannot convert float infinity to integer");
  }
  ASSIGN_OR_RETURN(Datum datum, IntegerDatum(Truncate(number)));
  return One(std::move(datum));
}

BuiltinResult Int(Arguments arguments) {
  const Call call("tkr_int", arguments);
  ASSIGN_OR_RETURN(const Datum* value, call.Any(kValue));
  if (const auto* text = value->As<std::string>()) return IntOfText(*text);
  if (const auto* number = value->As<double>()) return IntOfFloat(*number);
  if (const auto* number = value->As<bool>()) return One(std::int64_t{*number});
  if (value->Is<std::int64_t>() || value->Is<BigInteger>()) return One(*value);
  return call.Mismatch(kValue, *value, "an int, a float, a bool or a str");
}

BuiltinResult Str(Arguments arguments) {
  ASSIGN_OR_RETURN(const Datum* value, Call("tkr_str", arguments).Any(kValue));
  return One(StrOf(*value));
}

BuiltinResult Identity(Arguments arguments) {
  ASSIGN_OR_RETURN(const Datum* value, Call("tkr_id", arguments).Any(kValue));
  return One(*value);
}

}  // namespace

std::vector<Builtin> ConversionBuiltins() {
  const Type t = VariableType("T");
  return {
      Function("tkr_id", {Input("value", t)}, Result(t), Identity, "The value itself"),
      Function("tkr_str", {Input("value", t)}, Result(StrType()), Str,
               "The value as Python writes it for people"),
      Function("tkr_int", {Input("value", UnionOf({RealType(), StrType()}))}, Result(IntType()),
               Int, "The int that a str says, or a float without its fraction"),
  };
}

}  // namespace orrery::graph::internal
