// Conversions of numbers to and from decoded data; numbers that do not fit are refused.
//
// Threading: functions without state.
#pragma once

#include <cmath>
#include <complex>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "graph/datum.h"
#include "graph/native/conversion_path.h"

namespace orrery::graph::internal {

// Returns an int or float as a double. Returns nullopt if the datum is neither or is too large.
std::optional<double> AsDouble(const Datum& datum);

// Returns a BigInteger that fits an unsigned 64-bit integer.
std::optional<std::uint64_t> AsUnsigned(const BigInteger& integer);

// Returns an ordinary int if the integer fits 64 bits. Refuses invalid digits.
absl::StatusOr<Datum> WriteBigInteger(const BigInteger& integer, const ConversionPath& path);

absl::StatusOr<BigInteger> ReadBigInteger(const Datum& datum, const ConversionPath& path);

template <class T>
absl::StatusOr<T> ReadInteger(const Datum& datum, const ConversionPath& path) {
  using Range = std::numeric_limits<T>;
  if (const auto* value = datum.As<std::int64_t>()) {
    if (std::in_range<T>(*value)) return static_cast<T>(*value);
  } else if (const auto* big = datum.As<BigInteger>()) {
    const std::optional<std::uint64_t> number = AsUnsigned(*big);
    if (number.has_value() && std::in_range<T>(*number)) return static_cast<T>(*number);
  } else {
    return path.Mismatch("int", datum);
  }
  return path.OutOfRange(std::to_string(Range::min()), std::to_string(Range::max()), datum);
}

// Refuses a double that is too large for a smaller float; rounds its extra digits.
template <class T>
absl::StatusOr<T> ReadFloat(const Datum& datum, const ConversionPath& path) {
  const std::optional<double> value = AsDouble(datum);
  if (!value.has_value()) return path.Mismatch("float", datum);
  const double limit = static_cast<double>(std::numeric_limits<T>::max());
  if (std::isfinite(*value) && std::abs(*value) > limit) {
    return path.OutOfRange(std::to_string(-limit), std::to_string(limit), datum);
  }
  return static_cast<T>(*value);
}

template <class T>
absl::StatusOr<std::complex<T>> ReadComplex(const Datum& datum, const ConversionPath& path) {
  if (const auto* complex = datum.As<std::complex<double>>()) return std::complex<T>(*complex);
  const std::optional<double> value = AsDouble(datum);
  if (!value.has_value()) return path.Mismatch("complex", datum);
  return std::complex<T>(static_cast<T>(*value));
}

}  // namespace orrery::graph::internal
