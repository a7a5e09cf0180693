#include "graph/native/number.h"

#include <charconv>

#include "graph/json.h"
#include <fmt/format.h>

namespace orrery::graph::internal {
namespace {

// Returns the whole text as a T, or nullopt.
template <class T>
std::optional<T> Parse(const std::string& text) {
  T value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

std::optional<double> AsDouble(const Datum& datum) {
  if (const double* value = datum.As<double>()) return *value;
  if (const auto* value = datum.As<std::int64_t>()) return static_cast<double>(*value);
  if (const auto* value = datum.As<BigInteger>()) return Parse<double>(value->digits);
  return std::nullopt;
}

std::optional<std::uint64_t> AsUnsigned(const BigInteger& integer) {
  return Parse<std::uint64_t>(integer.digits);
}

absl::StatusOr<Datum> WriteBigInteger(const BigInteger& integer, const ConversionPath& path) {
  // Uses JSON's grammar: no leading zeros, and no sign other than '-'.
  const absl::StatusOr<Datum> datum = ParseJson(integer.digits);
  if (datum.ok() && (datum->Is<std::int64_t>() || datum->Is<BigInteger>())) return datum;
  return path.Error(
      fmt::format("\"{}\" are not the digits of an integer", integer.digits.substr(0, 40)));
}

absl::StatusOr<BigInteger> ReadBigInteger(const Datum& datum, const ConversionPath& path) {
  if (const auto* value = datum.As<std::int64_t>()) return BigInteger{std::to_string(*value)};
  if (const auto* value = datum.As<BigInteger>()) return *value;
  return path.Mismatch("int", datum);
}

}  // namespace orrery::graph::internal
