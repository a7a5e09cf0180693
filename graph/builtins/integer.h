// Integers of any size, for what int64 cannot hold.
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

// Up to 128 bits without an allocation.
using Integer = boost::multiprecision::number<boost::multiprecision::cpp_int_backend<>,
                                              boost::multiprecision::et_off>;

// More bits than an integer of integer_digits_max digits has (log2(10) is below 10/3).
inline constexpr std::size_t kIntegerBitsMax = kLimits.integer_digits_max * 10 / 3 + 1;

// Of the magnitude; 0 for 0.
std::size_t BitLength(const Integer& integer);

// The digits of a BigInteger.
Integer ParseDigits(std::string_view digits);

// An int64 or a BigInteger. kResourceExhausted: more than integer_digits_max digits.
absl::StatusOr<Datum> IntegerDatum(const Integer& integer);

// OK if an integer of that many bits may be made.
absl::Status CheckBits(std::size_t bits);

// The nearest double, of two equally near the even one. kInvalidArgument: beyond all doubles.
absl::StatusOr<double> ToDouble(const Integer& integer);

// The double nearest to a quotient. Requires denominator > 0.
absl::StatusOr<double> RatioToDouble(Integer numerator, Integer denominator);

// Towards zero. Requires a finite number.
Integer Truncate(double number);

// Towards minus infinity, as in a = quotient * b + remainder; the remainder has the sign of b.
// Requires b != 0.
struct Division {
  Integer quotient;
  Integer remainder;
};
Division FloorDivision(const Integer& a, const Integer& b);

}  // namespace orrery::graph::internal
