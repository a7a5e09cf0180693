// Python's arithmetic on numbers of any kind.
//
// If one operand is complex the other becomes so, otherwise if one is a float the other does. All
// may fail: kInvalidArgument names the error of Python, kResourceExhausted is an integer of more
// than integer_digits_max digits.
//
// Threading: functions without state.
#pragma once

#include "absl/status/statusor.h"
#include "graph/builtins/number.h"

namespace orrery::graph::internal {

absl::StatusOr<Number> Add(const Number& a, const Number& b);
absl::StatusOr<Number> Subtract(const Number& a, const Number& b);
absl::StatusOr<Number> Multiply(const Number& a, const Number& b);
// Of two integers the float nearest to the quotient.
absl::StatusOr<Number> Divide(const Number& a, const Number& b);
// Rounds towards minus infinity; not of complex numbers.
absl::StatusOr<Number> FloorDivide(const Number& a, const Number& b);
absl::StatusOr<Number> Modulo(const Number& a, const Number& b);

absl::StatusOr<Number> Absolute(const Number& number);
// To an integer, of two equally near the even one.
absl::StatusOr<Number> Round(const Number& number);
absl::StatusOr<Number> Conjugate(const Number& number);

// As Python multiplies and divides, which differs from C++ where infinities meet.
Complex ComplexProduct(const Complex& a, const Complex& b);
absl::StatusOr<Complex> ComplexQuotient(const Complex& a, const Complex& b);

}  // namespace orrery::graph::internal
