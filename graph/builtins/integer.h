// Integers of any size, for values beyond int64.
//
// Threading: functions without state.
#pragma once

#include <cstddef>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "boost/multiprecision/cpp_int.hpp"
#include "graph/datum.h"
#include "graph/limits.h"

namespace orrery::graph::internal {

// Does not allocate up to 128 bits.
using Integer = boost::multiprecision::number<boost::multiprecision::cpp_int_backend<>,
                                              boost::multiprecision::et_off>;

// More bits than an integer of kLimits.integer_digits has (log2(10) is less than 10/3).
inline constexpr std::size_t kIntegerBitsMax = kLimits.integer_digits.max * 10 / 3 + 1;

// Returns the number of bits of the magnitude; 0 for 0.
std::size_t BitLength(const Integer& integer);

// Parses the digits of a BigInteger.
Integer ParseDigits(std::string_view digits);

// Returns an int64 or a BigInteger.
//
// Errors: kResourceExhausted for more than kLimits.integer_digits.
absl::StatusOr<Datum> IntegerDatum(const Integer& integer);

// Errors: kResourceExhausted if an integer with `bits` bits is too large.
absl::Status CheckBits(std::size_t bits);

// Returns the nearest double, and the even one of two equally near.
//
// Errors: kInvalidArgument if the integer exceeds the range of doubles.
absl::StatusOr<double> ToDouble(const Integer& integer);

// Returns the double nearest to a quotient. Requires: denominator > 0.
absl::StatusOr<double> RatioToDouble(Integer numerator, Integer denominator);

// Rounds towards zero. Requires: a finite number.
Integer Truncate(double number);

// Rounds towards minus infinity, as in a = quotient * b + remainder; the remainder has the sign of
// b. Requires: b != 0.
struct Division {
  Integer quotient;
  Integer remainder;
};
Division FloorDivision(const Integer& a, const Integer& b);

}  // namespace orrery::graph::internal
