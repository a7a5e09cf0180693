#include "graph/builtins/integer.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>

#include "absl/numeric/bits.h"
#include "absl/numeric/int128.h"
#include "base/status_macros.h"
#include "graph/builtins/python/error.h"
#include <fmt/format.h>

namespace orrery::graph::internal {
namespace {

constexpr int kMantissaBits = std::numeric_limits<double>::digits;
// The exponent of the leading bit of the smallest number with a full mantissa.
constexpr int kNormalExponentMin = std::numeric_limits<double>::min_exponent - 1;

int WidthOf(absl::uint128 value) {
  const std::uint64_t high = absl::Uint128High64(value);
  return high != 0 ? 64 + absl::bit_width(high) : absl::bit_width(absl::Uint128Low64(value));
}

// Returns value * 2^exponent, or slightly more if `has_rest`, rounded once.
double RoundToDouble(absl::uint128 value, int exponent, bool has_rest) {
  const int leading = WidthOf(value) - 1 + exponent;
  const int precision = kMantissaBits - std::max(0, kNormalExponentMin - leading);
  if (precision < 0) return 0;
  const int dropped = WidthOf(value) - precision;
  if (dropped <= 0) return std::ldexp(static_cast<double>(value), exponent);
  absl::uint128 kept = value >> dropped;
  const absl::uint128 rest = value - (kept << dropped);
  const absl::uint128 half = absl::uint128(1) << (dropped - 1);
  const bool is_odd = (kept & 1) != 0;
  if (rest > half || (rest == half && (has_rest || is_odd))) ++kept;
  return std::ldexp(static_cast<double>(kept), exponent + dropped);
}

}  // namespace

std::size_t BitLength(const Integer& integer) {
  return integer.is_zero() ? 0
                           : boost::multiprecision::msb(boost::multiprecision::abs(integer)) + 1;
}

Integer ParseDigits(std::string_view digits) { return Integer(std::string(digits)); }

absl::StatusOr<Datum> IntegerDatum(const Integer& integer) {
  static const Integer kMin = std::numeric_limits<std::int64_t>::min();
  static const Integer kMax = std::numeric_limits<std::int64_t>::max();
  if (integer >= kMin && integer <= kMax) return Datum(static_cast<std::int64_t>(integer));
  if (absl::Status status = CheckBits(BitLength(integer)); !status.ok()) return status;
  std::string digits = integer.str();
  const std::size_t count = digits.size() - (integer < 0 ? 1 : 0);
  RETURN_IF_ERROR(CheckLimit(kLimits.integer_digits, "the result", count, kLeaveItToATask,
                             absl::StatusCode::kResourceExhausted));
  return Datum(BigInteger{std::move(digits)});
}

absl::Status CheckBits(std::size_t bits) {
  if (bits <= kIntegerBitsMax) return absl::OkStatus();
  // More than the limit, because the bits are more than its digits have.
  const auto digits = static_cast<std::uint64_t>(static_cast<double>(bits) * 0.30103);
  return LimitExceeded(kLimits.integer_digits, "the result", digits, kLeaveItToATask,
                       absl::StatusCode::kResourceExhausted);
}

absl::StatusOr<double> ToDouble(const Integer& integer) {
  if (BitLength(integer) <= kMantissaBits) {
    return static_cast<double>(static_cast<std::int64_t>(integer));
  }
  if (BitLength(integer) > std::numeric_limits<double>::max_exponent) {
    return PythonError("OverflowError", "int too large to convert to float");
  }
  return RatioToDouble(integer, 1);
}

absl::StatusOr<double> RatioToDouble(Integer numerator, Integer denominator) {
  if (numerator.is_zero()) return 0.0;
  const bool is_negative = numerator < 0;
  if (is_negative) numerator = -numerator;
  // Chooses the exponent so that the quotient has more bits than a mantissa but fits in 128 bits.
  const auto exponent = static_cast<std::int64_t>(BitLength(numerator)) -
                        static_cast<std::int64_t>(BitLength(denominator)) - 64;
  if (exponent > std::numeric_limits<double>::max_exponent) {
    return PythonError("OverflowError", "the result is too large for a float");
  }
  if (exponent < 4 * std::numeric_limits<double>::min_exponent) return is_negative ? -0.0 : 0.0;
  if (exponent < 0) {
    numerator <<= static_cast<std::size_t>(-exponent);
  } else {
    denominator <<= static_cast<std::size_t>(exponent);
  }
  Integer quotient;
  Integer rest;
  boost::multiprecision::divide_qr(numerator, denominator, quotient, rest);
  const auto low = static_cast<std::uint64_t>(quotient & std::numeric_limits<std::uint64_t>::max());
  const auto high = static_cast<std::uint64_t>(quotient >> 64);
  const double size =
      RoundToDouble(absl::MakeUint128(high, low), static_cast<int>(exponent), !rest.is_zero());
  if (std::isinf(size)) return PythonError("OverflowError", "the result is too large for a float");
  return is_negative ? -size : size;
}

Integer Truncate(double number) {
  int exponent = 0;
  const double mantissa = std::frexp(number, &exponent);
  const Integer scaled = static_cast<std::int64_t>(std::ldexp(mantissa, kMantissaBits));
  exponent -= kMantissaBits;
  if (exponent >= 0) return scaled << exponent;
  // Boost shifts negative numbers towards minus infinity.
  const Integer size = boost::multiprecision::abs(scaled) >> std::min(-exponent, kMantissaBits);
  return scaled < 0 ? Integer(-size) : size;
}

Division FloorDivision(const Integer& a, const Integer& b) {
  Division division;
  boost::multiprecision::divide_qr(a, b, division.quotient, division.remainder);
  if (!division.remainder.is_zero() && (division.remainder < 0) != (b < 0)) {
    division.quotient -= 1;
    division.remainder += b;
  }
  return division;
}

}  // namespace orrery::graph::internal
