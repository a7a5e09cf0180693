#include "graph/builtins/number.h"

#include <cstdint>

#include "base/overload.h"
#include "base/status_macros.h"
#include "graph/builtins/python/error.h"

namespace orrery::graph::internal {

std::optional<Number> AsNumber(const Datum& datum) {
  if (const auto* number = datum.As<double>()) return *number;
  if (const auto* number = datum.As<Complex>()) return *number;
  std::optional<Integer> integer = AsInteger(datum);
  if (integer.has_value()) return Number(*std::move(integer));
  return std::nullopt;
}

std::optional<Integer> AsInteger(const Datum& datum) {
  if (const auto* number = datum.As<std::int64_t>()) return Integer(*number);
  if (const auto* number = datum.As<bool>()) return Integer(*number ? 1 : 0);
  if (const auto* number = datum.As<BigInteger>()) return ParseDigits(number->digits);
  return std::nullopt;
}

absl::StatusOr<Datum> NumberDatum(const Number& number) {
  return std::visit(
      Overload{
          [](const Integer& integer) { return IntegerDatum(integer); },
          [](double real) { return absl::StatusOr<Datum>(Datum(real)); },
          [](const Complex& complex) { return absl::StatusOr<Datum>(Datum(complex)); },
      },
      number);
}

absl::StatusOr<double> RealOf(const Number& number) {
  if (const auto* real = std::get_if<double>(&number)) return *real;
  if (const auto* integer = std::get_if<Integer>(&number)) return ToDouble(*integer);
  return PythonError("TypeError", "a complex number cannot be a float");
}

absl::StatusOr<Complex> ComplexOf(const Number& number) {
  if (const auto* complex = std::get_if<Complex>(&number)) return *complex;
  ASSIGN_OR_RETURN(const double real, RealOf(number));
  return Complex(real, 0);
}

}  // namespace orrery::graph::internal
