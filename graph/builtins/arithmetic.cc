#include "graph/builtins/arithmetic.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include "base/overload.h"
#include "base/status_macros.h"
#include "graph/builtins/python/error.h"

namespace orrery::graph::internal {
namespace {

// Applies the overload of the operation for the common kind of both operands.
template <class Operation>
absl::StatusOr<Number> Apply(const Number& a, const Number& b, const Operation& operation) {
  if (std::holds_alternative<Complex>(a) || std::holds_alternative<Complex>(b)) {
    ASSIGN_OR_RETURN(const Complex left, ComplexOf(a));
    ASSIGN_OR_RETURN(const Complex right, ComplexOf(b));
    return operation(left, right);
  }
  if (std::holds_alternative<double>(a) || std::holds_alternative<double>(b)) {
    ASSIGN_OR_RETURN(const double left, RealOf(a));
    ASSIGN_OR_RETURN(const double right, RealOf(b));
    return operation(left, right);
  }
  return operation(std::get<Integer>(a), std::get<Integer>(b));
}

absl::Status DivisionByZero(std::string_view what) {
  return PythonError("ZeroDivisionError", what);
}

absl::Status NotOfComplex() {
  return PythonError("TypeError", "complex numbers have no floor division and no modulo");
}

absl::StatusOr<Number> DivideIntegers(const Integer& a, const Integer& b) {
  constexpr std::size_t kExactBits = 53;
  if (b.is_zero()) return DivisionByZero("division by zero");
  if (BitLength(a) <= kExactBits && BitLength(b) <= kExactBits) {
    return static_cast<double>(static_cast<std::int64_t>(a)) /
           static_cast<double>(static_cast<std::int64_t>(b));
  }
  if (b > 0) return RatioToDouble(a, b);
  if (a.is_zero()) return -0.0;
  return RatioToDouble(-a, -b);
}

struct FloatDivision {
  double quotient = 0;
  double remainder = 0;
};

// As exact as fmod; derives the quotient from the remainder, so that both agree.
FloatDivision FloorDivision(double a, double b) {
  double remainder = std::fmod(a, b);
  double quotient = (a - remainder) / b;
  if (remainder == 0) {
    remainder = std::copysign(0.0, b);
  } else if ((b < 0) != (remainder < 0)) {
    remainder += b;
    quotient -= 1;
  }
  if (quotient == 0) return {std::copysign(0.0, a / b), remainder};
  double floored = std::floor(quotient);
  if (quotient - floored > 0.5) floored += 1;
  return {floored, remainder};
}

}  // namespace

absl::StatusOr<Number> Add(const Number& a, const Number& b) {
  return Apply(a, b, [](const auto& x, const auto& y) { return Number(x + y); });
}

absl::StatusOr<Number> Subtract(const Number& a, const Number& b) {
  return Apply(a, b, [](const auto& x, const auto& y) { return Number(x - y); });
}

absl::StatusOr<Number> Multiply(const Number& a, const Number& b) {
  return Apply(
      a, b,
      Overload{
          [](const Integer& x, const Integer& y) -> absl::StatusOr<Number> {
            // The product may have one bit less.
            RETURN_IF_ERROR(CheckBits(std::max<std::size_t>(BitLength(x) + BitLength(y), 1) - 1));
            return Integer(x * y);
          },
          [](double x, double y) -> absl::StatusOr<Number> { return x * y; },
          [](const Complex& x, const Complex& y) -> absl::StatusOr<Number> {
            return ComplexProduct(x, y);
          },
      });
}

absl::StatusOr<Number> Divide(const Number& a, const Number& b) {
  return Apply(a, b,
               Overload{
                   [](const Integer& x, const Integer& y) { return DivideIntegers(x, y); },
                   [](double x, double y) -> absl::StatusOr<Number> {
                     if (y == 0) return DivisionByZero("float division by zero");
                     return x / y;
                   },
                   [](const Complex& x, const Complex& y) -> absl::StatusOr<Number> {
                     return ComplexQuotient(x, y);
                   },
               });
}

absl::StatusOr<Number> FloorDivide(const Number& a, const Number& b) {
  return Apply(
      a, b,
      Overload{
          [](const Integer& x, const Integer& y) -> absl::StatusOr<Number> {
            if (y.is_zero()) {
              return DivisionByZero("integer division or modulo by zero");
            }
            return FloorDivision(x, y).quotient;
          },
          [](double x, double y) -> absl::StatusOr<Number> {
            if (y == 0) return DivisionByZero("float floor division by zero");
            return FloorDivision(x, y).quotient;
          },
          [](const Complex&, const Complex&) -> absl::StatusOr<Number> { return NotOfComplex(); },
      });
}

absl::StatusOr<Number> Modulo(const Number& a, const Number& b) {
  return Apply(
      a, b,
      Overload{
          [](const Integer& x, const Integer& y) -> absl::StatusOr<Number> {
            if (y.is_zero()) return DivisionByZero("integer modulo by zero");
            return FloorDivision(x, y).remainder;
          },
          [](double x, double y) -> absl::StatusOr<Number> {
            if (y == 0) return DivisionByZero("float modulo");
            return FloorDivision(x, y).remainder;
          },
          [](const Complex&, const Complex&) -> absl::StatusOr<Number> { return NotOfComplex(); },
      });
}

absl::StatusOr<Number> Absolute(const Number& number) {
  if (const auto* integer = std::get_if<Integer>(&number)) {
    return Integer(boost::multiprecision::abs(*integer));
  }
  if (const auto* real = std::get_if<double>(&number)) return std::abs(*real);
  const Complex& complex = std::get<Complex>(number);
  const double size = std::hypot(complex.real(), complex.imag());
  if (std::isinf(size) && std::isfinite(complex.real()) && std::isfinite(complex.imag())) {
    return PythonError("OverflowError", "absolute value too large");
  }
  return size;
}

absl::StatusOr<Number> Round(const Number& number) {
  if (std::holds_alternative<Integer>(number)) return number;
  const auto* real = std::get_if<double>(&number);
  if (real == nullptr) return PythonError("TypeError", "a complex number cannot be rounded");
  if (std::isnan(*real)) return PythonError("ValueError", "cannot convert float NaN to integer");
  if (std::isinf(*real)) {
    return PythonError("OverflowError", "cannot convert float infinity to integer");
  }
  const bool is_halfway = std::abs(*real - std::trunc(*real)) == 0.5;
  return Truncate(is_halfway ? 2 * std::round(*real / 2) : std::round(*real));
}

absl::StatusOr<Number> Conjugate(const Number& number) {
  if (const auto* complex = std::get_if<Complex>(&number)) return std::conj(*complex);
  return number;
}

Complex ComplexProduct(const Complex& a, const Complex& b) {
  return {a.real() * b.real() - a.imag() * b.imag(), a.real() * b.imag() + a.imag() * b.real()};
}

absl::StatusOr<Complex> ComplexQuotient(const Complex& a, const Complex& b) {
  const double real_size = std::abs(b.real());
  const double imag_size = std::abs(b.imag());
  if (real_size == 0 && imag_size == 0) return DivisionByZero("complex division by zero");
  if (real_size >= imag_size) {
    const double ratio = b.imag() / b.real();
    const double size = b.real() + b.imag() * ratio;
    return Complex((a.real() + a.imag() * ratio) / size, (a.imag() - a.real() * ratio) / size);
  }
  if (imag_size > real_size) {
    const double ratio = b.real() / b.imag();
    const double size = b.real() * ratio + b.imag();
    return Complex((a.real() * ratio + a.imag()) / size, (a.imag() * ratio - a.real()) / size);
  }
  const double nan = std::nan("");
  return Complex(nan, nan);
}

}  // namespace orrery::graph::internal
