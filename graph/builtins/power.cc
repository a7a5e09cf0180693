#include "graph/builtins/power.h"

#include <cmath>
#include <cstdint>
#include <utility>

#include "base/status_macros.h"
#include "graph/builtins/arithmetic.h"
#include "graph/builtins/python/error.h"

namespace orrery::graph::internal {
namespace {

absl::Status ZeroToNegative() {
  return PythonError("ZeroDivisionError", "zero cannot be raised to a negative power");
}

absl::Status TooLarge() {
  return PythonError("OverflowError", "the power is too large for a float");
}

bool IsOdd(double number) { return std::fmod(std::abs(number), 2) == 1; }

// Requires exponent >= 0.
absl::StatusOr<Number> IntegerPower(const Integer& base, const Integer& exponent) {
  if (exponent.is_zero()) return Integer(1);
  if (BitLength(base) <= 1) {
    const bool is_positive = base >= 0 || exponent % 2 == 0;
    return is_positive ? Integer(boost::multiprecision::abs(base)) : base;
  }
  // The power has at least (bits of base - 1) * exponent bits, so larger exponents exceed the
  // limit.
  if (exponent > kIntegerBitsMax) return CheckBits(2 * kIntegerBitsMax);
  const auto power = static_cast<unsigned>(exponent);
  RETURN_IF_ERROR(CheckBits((BitLength(base) - 1) * power));
  return Integer(boost::multiprecision::pow(base, power));
}

absl::StatusOr<Number> ComplexPower(const Complex& base, const Complex& exponent);

// Follows Python's order of cases; only the last two compute an ordinary power.
absl::StatusOr<Number> FloatPower(double base, double exponent) {
  if (exponent == 0) return 1.0;
  if (std::isnan(base)) return base;
  if (std::isnan(exponent)) return base == 1 ? 1.0 : exponent;
  const bool is_odd = IsOdd(exponent);
  if (std::isinf(exponent)) {
    const double size = std::abs(base);
    if (size == 1) return 1.0;
    return (exponent > 0) == (size > 1) ? std::abs(exponent) : 0.0;
  }
  if (std::isinf(base)) {
    if (exponent > 0) return is_odd ? base : std::abs(base);
    return is_odd ? std::copysign(0.0, base) : 0.0;
  }
  if (base == 0) {
    if (exponent < 0) return ZeroToNegative();
    return is_odd ? base : 0.0;
  }
  if (base < 0 && exponent != std::floor(exponent)) return ComplexPower(base, exponent);
  const double size = std::pow(std::abs(base), exponent);
  if (std::isinf(size)) return TooLarge();
  return base < 0 && is_odd ? -size : size;
}

// Squares repeatedly, in the order that gives the same last bits as Python.
Complex NaturalPower(const Complex& base, std::uint32_t exponent) {
  Complex result = 1;
  Complex square = base;
  for (std::uint32_t mask = 1; mask <= exponent; mask <<= 1) {
    if ((exponent & mask) != 0) result = ComplexProduct(result, square);
    square = ComplexProduct(square, square);
  }
  return result;
}

absl::StatusOr<Complex> WholePower(const Complex& base, int exponent) {
  if (exponent >= 0) return NaturalPower(base, exponent);
  const Complex reciprocal = NaturalPower(base, -exponent);
  if (reciprocal == 0.0) return ZeroToNegative();
  return ComplexQuotient(1, reciprocal);
}

absl::StatusOr<Complex> PolarPower(const Complex& base, const Complex& exponent) {
  if (base == 0.0) {
    if (exponent.imag() != 0 || exponent.real() < 0) return ZeroToNegative();
    return Complex(0, 0);
  }
  const double size = std::hypot(base.real(), base.imag());
  const double angle = std::atan2(base.imag(), base.real());
  double result_size = std::pow(size, exponent.real());
  double result_angle = angle * exponent.real();
  if (exponent.imag() != 0) {
    result_size /= std::exp(angle * exponent.imag());
    result_angle += exponent.imag() * std::log(size);
  }
  if (std::isinf(result_angle)) {
    return PythonError("ZeroDivisionError", "infinity has no complex power");
  }
  return Complex(result_size * std::cos(result_angle), result_size * std::sin(result_angle));
}

absl::StatusOr<Number> ComplexPower(const Complex& base, const Complex& exponent) {
  // The same as in Python: for small exponents, repeated products are more exact.
  constexpr double kWholeExponents = 100;
  const bool is_whole = exponent.imag() == 0 && exponent.real() == std::floor(exponent.real()) &&
                        std::abs(exponent.real()) <= kWholeExponents;
  absl::StatusOr<Complex> result =
      is_whole ? WholePower(base, static_cast<int>(exponent.real())) : PolarPower(base, exponent);
  if (!result.ok()) return result.status();
  if (std::isinf(result->real()) || std::isinf(result->imag())) return TooLarge();
  return *result;
}

}  // namespace

absl::StatusOr<Number> Power(const Number& a, const Number& b) {
  if (std::holds_alternative<Complex>(a) || std::holds_alternative<Complex>(b)) {
    ASSIGN_OR_RETURN(const Complex base, ComplexOf(a));
    ASSIGN_OR_RETURN(const Complex exponent, ComplexOf(b));
    return ComplexPower(base, exponent);
  }
  const auto* base = std::get_if<Integer>(&a);
  const auto* exponent = std::get_if<Integer>(&b);
  if (base != nullptr && exponent != nullptr && *exponent >= 0) {
    return IntegerPower(*base, *exponent);
  }
  ASSIGN_OR_RETURN(const double real_base, RealOf(a));
  ASSIGN_OR_RETURN(const double real_exponent, RealOf(b));
  return FloatPower(real_base, real_exponent);
}

}  // namespace orrery::graph::internal
